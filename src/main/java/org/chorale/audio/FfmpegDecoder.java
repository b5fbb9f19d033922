package org.chorale.audio;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Decodes a seekable file with FFmpeg to 16 kHz, mono or stereo, block by block. Encoder delay and
 * padding that the container knows of are cut off by libavcodec, so sample zero is the first sample
 * of the recording. Memory does not grow with the length. Not thread-safe.
 */
final class FfmpegDecoder implements AudioSource {

  /** Containers that state their length in samples: less than that means a truncated file. */
  private static final Set<String> EXACT = Set.of("wav", "flac", "mov", "matroska", "aiff", "w64");

  private final String name;
  private final int channels;
  private final AudioInfo info;
  private final boolean exactLength;
  private final int streamIndex;
  private AVFormatContext format;
  private AVCodecContext codec;
  private final Resampler resampler;

  /** Where the bytes come from when they are no file. */
  private final LivePipe pipe;

  private AVPacket packet;
  private AVFrame frame;
  private float[] decoded = new float[0];
  private int decodedFrom;
  private int decodedTo;
  private boolean inputEnded;
  private boolean ended;
  private boolean closed;
  private long samples;
  private int badPackets;
  private int goodPackets;

  private FfmpegDecoder(Path file, LivePipe pipe, String name, int channels) throws AudioException {
    this.name = name;
    this.channels = channels;
    this.resampler = new Resampler(channels);
    this.pipe = pipe;
    av_log_set_level(AV_LOG_QUIET);
    try {
      openInput(file);
      // A live stream says what it is in its header; to look further would only let it wait.
      if (pipe == null && avformat_find_stream_info(format, (PointerPointer<?>) null) < 0) {
        throw damaged();
      }
      AVCodec decoder = new AVCodec(null);
      streamIndex = av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, decoder, 0);
      if (streamIndex < 0) {
        throw new AudioException(
            "'%s' has no audio track; give a file that holds sound.".formatted(name));
      }
      AVStream stream = format.streams(streamIndex);
      codec = avcodec_alloc_context3(decoder);
      avcodec_parameters_to_context(codec, stream.codecpar());
      codec.pkt_timebase(stream.time_base());
      int ready = avcodec_open2(codec, decoder, (AVDictionary) null);
      if (ready < 0) {
        throw new AudioException(
            "The audio track of '%s' cannot be decoded (%s); convert it to wav or flac."
                .formatted(name, reason(ready)));
      }
      packet = av_packet_alloc();
      frame = av_frame_alloc();
      String container = format.iformat().name().getString().toLowerCase(Locale.ROOT);
      boolean trackLength = stream.duration() > 0;
      double seconds =
          trackLength
              ? stream.duration() * (double) stream.time_base().num() / stream.time_base().den()
              : Math.max(0, format.duration() / (double) AV_TIME_BASE);
      // The length of the whole file says little of the sound when there is a picture, too.
      exactLength =
          (trackLength || format.nb_streams() == 1)
              && EXACT.stream().anyMatch(container::startsWith);
      info = new AudioInfo(name, codec.sample_rate(), codec.ch_layout().nb_channels(), seconds);
    } catch (AudioException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens a regular file.
   *
   * @param file the file
   * @param name how errors and {@link AudioInfo} call it
   * @param channels 1 for a mono mix, 2 for left and right
   * @throws AudioException when it holds nothing that can be decoded
   */
  static FfmpegDecoder open(Path file, String name, int channels) throws AudioException {
    return new FfmpegDecoder(file, null, name, channels);
  }

  /**
   * Opens a stream whose bytes come as they are made, such as a browser's recorder gives them: Opus
   * in Ogg, WebM or Matroska. Blocks until its header has come.
   *
   * @param bytes read as needed by the thread that reads this source; not closed
   * @throws AudioException when it begins as no such container does
   */
  static FfmpegDecoder open(InputStream bytes, String name, int channels) throws AudioException {
    return new FfmpegDecoder(null, LivePipe.open(bytes, name), name, channels);
  }

  private void openInput(Path file) throws AudioException {
    int opened;
    if (pipe == null) {
      format = new AVFormatContext(null);
      // The protocol is named so that no file name is taken for a protocol of FFmpeg's.
      opened =
          avformat_open_input(format, "file:" + file.toAbsolutePath(), null, (AVDictionary) null);
    } else {
      format = avformat_alloc_context();
      format.pb(pipe.context());
      opened = avformat_open_input(format, "", pipe.container(), (AVDictionary) null);
    }
    if (opened < 0) {
      format = null; // freed by FFmpeg
      throw new AudioException(
          "'%s' is not a recording that can be read (%s); give an audio or video file."
              .formatted(name, reason(opened)));
    }
  }

  private static String reason(int error) {
    byte[] text = new byte[256];
    av_strerror(error, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private AudioException damaged() {
    return new AudioException(
        "'%s' is damaged: its audio cannot be decoded; get a whole copy of it.".formatted(name));
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public AudioInfo info() {
    return info;
  }

  @Override
  public int read(float[] buffer, int offset, int length) throws AudioException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    while (decodedFrom == decodedTo) {
      if (ended) {
        return -1;
      }
      decodeMore();
    }
    int count = Math.min(length, decodedTo - decodedFrom);
    System.arraycopy(decoded, decodedFrom, buffer, offset, count);
    decodedFrom += count;
    return count;
  }

  private void decodeMore() throws AudioException {
    int received = avcodec_receive_frame(codec, frame);
    if (received >= 0) {
      resample(frame);
      return;
    }
    if (received == AVERROR_EOF) {
      resample(null);
      ended = true;
      checkEnd();
      return;
    }
    if (received != AVERROR_EAGAIN()) {
      badPackets++;
    }
    feed();
  }

  private void feed() throws AudioException {
    if (inputEnded) {
      throw damaged(); // the decoder wants more although it was told that there is none
    }
    int got = av_read_frame(format, packet);
    if (got < 0) {
      inputEnded = true;
      avcodec_send_packet(codec, null);
      return;
    }
    try {
      if (packet.stream_index() != streamIndex) {
        return;
      }
      int sent = avcodec_send_packet(codec, packet);
      if (sent < 0 && sent != AVERROR_EAGAIN()) {
        badPackets++;
      } else {
        goodPackets++;
      }
    } finally {
      av_packet_unref(packet);
    }
  }

  /** Truncated and corrupt files show only at the end. */
  private void checkEnd() throws AudioException {
    if (samples == 0) {
      throw badPackets > 0
          ? damaged()
          : new AudioException(
              "'%s' holds no sound at all: its audio track is empty.".formatted(name));
    }
    // One or two bad packets are usual at the beginning of cut mp3 files; more is damage.
    if (badPackets > 3 && badPackets * 50 > goodPackets) {
      throw damaged();
    }
    double seconds = samples / (double) (SAMPLE_RATE * channels);
    double expected = info.expectedSeconds();
    if (exactLength && seconds < expected - Math.max(0.5, 0.02 * expected)) {
      throw new AudioException(
          String.format(
              Locale.ROOT,
              "'%s' is cut short: only %.1f of its %.1f s can be decoded; get a whole copy of it.",
              name,
              seconds,
              expected));
    }
  }

  private void resample(AVFrame input) throws AudioException {
    if (input == null && !resampler.isConfigured()) {
      return;
    }
    if (input != null
        && !resampler.configure(
            input.ch_layout(),
            input.ch_layout().nb_channels(),
            input.format(),
            input.sample_rate())) {
      throw damaged();
    }
    decoded =
        resampler.convert(
            input == null ? null : input.extended_data(), input == null ? 0 : input.nb_samples());
    if (decoded == null) {
      throw damaged();
    }
    decodedFrom = 0;
    decodedTo = decoded.length;
    samples += decoded.length;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    resampler.close();
    if (frame != null) {
      av_frame_free(frame);
    }
    if (packet != null) {
      av_packet_free(packet);
    }
    if (codec != null) {
      avcodec_free_context(codec);
    }
    if (format != null && !format.isNull()) {
      avformat_close_input(format);
    }
    if (pipe != null) {
      pipe.close();
    }
  }
}
