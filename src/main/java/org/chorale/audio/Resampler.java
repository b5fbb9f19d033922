package org.chorale.audio;

import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLT;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_opt_set_double;
import static org.bytedeco.ffmpeg.global.swresample.swr_alloc_set_opts2;
import static org.bytedeco.ffmpeg.global.swresample.swr_convert;
import static org.bytedeco.ffmpeg.global.swresample.swr_free;
import static org.bytedeco.ffmpeg.global.swresample.swr_get_out_samples;
import static org.bytedeco.ffmpeg.global.swresample.swr_init;

import java.io.Closeable;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;
import org.bytedeco.ffmpeg.swresample.SwrContext;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Turns samples of any rate, type and number of channels into 16 kHz floats, mono or stereo, by
 * FFmpeg. What one call leaves in the filter comes with the next. Not thread-safe.
 */
final class Resampler implements Closeable {

  private final int channels;
  private SwrContext context;
  private FloatPointer block = new FloatPointer(1 << 15);
  private int inputFormat = -1;
  private int inputRate;
  private int inputChannels;

  /** A resampler to so many channels, 1 or 2. */
  Resampler(int channels) {
    this.channels = channels;
  }

  /**
   * Says what comes next. A change drops what is left in the filter.
   *
   * @param layout order of the channels; null for the usual one
   * @param format FFmpeg's number of the sample format
   * @return whether FFmpeg can do it
   */
  boolean configure(AVChannelLayout layout, int layoutChannels, int format, int rate) {
    if (context != null
        && format == inputFormat
        && rate == inputRate
        && layoutChannels == inputChannels) {
      return true;
    }
    if (context != null) {
      swr_free(context);
    }
    inputFormat = format;
    inputRate = rate;
    inputChannels = layoutChannels;
    context = new SwrContext(null);
    try (AVChannelLayout wanted = new AVChannelLayout();
        AVChannelLayout standard = new AVChannelLayout()) {
      av_channel_layout_default(wanted, channels);
      // Channels of unknown order cannot be mixed down until they get the usual one.
      av_channel_layout_default(standard, layoutChannels);
      int made =
          swr_alloc_set_opts2(
              context,
              wanted,
              AV_SAMPLE_FMT_FLT,
              AudioSource.SAMPLE_RATE,
              layout == null || layout.order() == 0 ? standard : layout,
              format,
              rate,
              0,
              null);
      // Without this a mix of floats may exceed 1.
      av_opt_set_double(context, "rematrix_maxval", 1.0, 0);
      av_channel_layout_uninit(wanted);
      av_channel_layout_uninit(standard);
      return made >= 0 && swr_init(context) >= 0;
    }
  }

  /** Whether anything was ever configured. */
  boolean isConfigured() {
    return context != null;
  }

  /**
   * Converts samples.
   *
   * @param input FFmpeg's array of planes; null at the end, for what is left
   * @param samples number of samples of each channel
   * @return 16 kHz samples, channel after channel in turn; null when FFmpeg refuses
   */
  float[] convert(PointerPointer<?> input, int samples) {
    int room = swr_get_out_samples(context, samples) + 32;
    if (block.capacity() < (long) room * channels) {
      block.close();
      block = new FloatPointer((long) room * channels);
    }
    int count;
    try (PointerPointer<Pointer> out = new PointerPointer<Pointer>(1).put(0, block)) {
      count = swr_convert(context, out, room, input, samples);
    }
    if (count < 0) {
      return null;
    }
    float[] converted = new float[count * channels];
    block.position(0).get(converted, 0, converted.length);
    return converted;
  }

  @Override
  public void close() {
    if (context != null) {
      swr_free(context);
      context = null;
    }
    block.close();
  }
}
