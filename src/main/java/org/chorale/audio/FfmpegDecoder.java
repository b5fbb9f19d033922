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
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.AV_TIME_BASE;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
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
  private SwrContext resampler;
  private AVPacket packet;
  private AVFrame frame;
  private FloatPointer block = new FloatPointer(1 << 15);
  private float[] decoded = new float[0];
  private int decodedFrom;
  private int decodedTo;
  private int frameFormat = -1;
  private int frameRate;
  private int frameChannels;
  private boolean inputEnded;
  private boolean ended;
  private boolean closed;
  private long samples;
  private int badPackets;
  private int goodPackets;

  private FfmpegDecoder(Path file, String name, int channels) throws AudioException {
    this.name = name;
    this.channels = channels;
    av_log_set_level(AV_LOG_QUIET);
    try {
      format = new AVFormatContext(null);
      // The protocol is named so that no file name is taken for a protocol of FFmpeg's.
      int opened =
          avformat_open_input(format, "file:" + file.toAbsolutePath(), null, (AVDictionary) null);
      if (opened < 0) {
        format = null; // freed by FFmpeg
        throw new AudioException(
            "'%s' is not a recording that can be read (%s); give an audio or video file."
                .formatted(name, reason(opened)));
      }
      if (avformat_find_stream_info(format, (PointerPointer<?>) null) < 0) {
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
    return new FfmpegDecoder(file, name, channels);
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
    if (input == null && resampler == null) {
      return;
    }
    if (input != null
        && (resampler == null
            || input.format() != frameFormat
            || input.sample_rate() != frameRate
            || input.ch_layout().nb_channels() != frameChannels)) {
      configure(input);
    }
    int inputSamples = input == null ? 0 : input.nb_samples();
    int room = swr_get_out_samples(resampler, inputSamples) + 32;
    if (block.capacity() < (long) room * channels) {
      block.close();
      block = new FloatPointer((long) room * channels);
    }
    int count;
    try (PointerPointer<Pointer> out = new PointerPointer<Pointer>(1).put(0, block)) {
      count =
          swr_convert(
              resampler, out, room, input == null ? null : input.extended_data(), inputSamples);
    }
    if (count < 0) {
      throw damaged();
    }
    count *= channels;
    if (decoded.length < count) {
      decoded = new float[Math.max(count, 1 << 13)];
    }
    block.position(0).get(decoded, 0, count);
    decodedFrom = 0;
    decodedTo = count;
    samples += count;
  }

  private void configure(AVFrame input) throws AudioException {
    if (resampler != null) {
      swr_free(resampler);
    }
    frameFormat = input.format();
    frameRate = input.sample_rate();
    frameChannels = input.ch_layout().nb_channels();
    AVChannelLayout wanted = new AVChannelLayout();
    AVChannelLayout standard = new AVChannelLayout();
    av_channel_layout_default(wanted, channels);
    // Channels of unknown order cannot be mixed down until they get the usual one.
    av_channel_layout_default(standard, frameChannels);
    AVChannelLayout layout = input.ch_layout().order() == 0 ? standard : input.ch_layout();
    resampler = new SwrContext(null);
    try {
      int made =
          swr_alloc_set_opts2(
              resampler,
              wanted,
              AV_SAMPLE_FMT_FLT,
              SAMPLE_RATE,
              layout,
              frameFormat,
              frameRate,
              0,
              null);
      // Without this a mix of floats may exceed 1.
      av_opt_set_double(resampler, "rematrix_maxval", 1.0, 0);
      if (made < 0 || swr_init(resampler) < 0) {
        throw damaged();
      }
    } finally {
      av_channel_layout_uninit(wanted);
      av_channel_layout_uninit(standard);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (resampler != null) {
      swr_free(resampler);
    }
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
    block.close();
  }
}
