package org.chorale.audio;

/**
 * What a recording is before it is resampled.
 *
 * @param path path as the user gave it
 * @param sampleRate sample rate of the file, Hz
 * @param channels channels of the file
 * @param expectedSeconds length that the container claims, 0 when it does not say; only good for
 *     progress bars
 */
public record AudioInfo(String path, int sampleRate, int channels, double expectedSeconds) {}
