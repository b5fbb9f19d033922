package org.chorale.synth;

/**
 * What the text model makes of a sentence.
 *
 * @param phones the phones
 * @param values row by row, {@code width} numbers a phone
 * @param width numbers a phone
 * @param seconds how long each phone is expected to be
 */
@SuppressWarnings("ArrayRecordComponent") // a view, never compared
record Encoding(PhoneString phones, float[] values, int width, double[] seconds) {

  /** The numbers of one phone. */
  float[] of(int phone) {
    return java.util.Arrays.copyOfRange(values, phone * width, (phone + 1) * width);
  }
}
