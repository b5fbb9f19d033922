package org.chorale.dsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the definition of the discrete Fourier transform. */
class PowerSpectrumTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 256, 512})
  void isThatOfTheDefinition(int size) {
    Random random = new Random(size);
    double[] frame = random.doubles(size, -1, 1).toArray();
    PowerSpectrum spectrum = new PowerSpectrum(size);
    double[] power = new double[spectrum.bins()];
    spectrum.of(frame, random.doubles(size).toArray(), power);
    for (int k = 0; k <= size / 2; k++) {
      double re = 0;
      double im = 0;
      for (int n = 0; n < size; n++) {
        re += frame[n] * Math.cos(2 * Math.PI * k * n / size);
        im -= frame[n] * Math.sin(2 * Math.PI * k * n / size);
      }
      assertThat(power[k]).isCloseTo(re * re + im * im, within(1e-9 * size));
    }
  }
}
