package org.chorale.session;

/** Is told what sessions and the inference router do. Implementations are thread-safe and quick. */
public interface SessionMetrics {

  /** A session has begun. */
  void opened();

  /** A session is over. */
  void closed();

  /** A session was refused because there are too many. */
  void refused();

  /**
   * A step of some streams went through the model.
   *
   * @param streams how many at a time
   * @param seconds of computing
   * @param audioSeconds of audio, of all streams together
   */
  void stepped(int streams, double seconds, double audioSeconds);

  /** Steps that wait for the model. */
  void waiting(int steps);

  /**
   * Events of a step are known.
   *
   * @param seconds since the last sample of the step had come in
   */
  void answered(double seconds);

  /** Nobody listens. */
  static SessionMetrics none() {
    return new SessionMetrics() {
      @Override
      public void opened() {}

      @Override
      public void closed() {}

      @Override
      public void refused() {}

      @Override
      public void stepped(int streams, double seconds, double audioSeconds) {}

      @Override
      public void waiting(int steps) {}

      @Override
      public void answered(double seconds) {}
    };
  }
}
