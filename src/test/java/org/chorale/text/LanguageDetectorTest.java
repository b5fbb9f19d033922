package org.chorale.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageDetectorTest {

  private static final LanguageDetector DETECTOR = new LanguageDetector();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en | The old man sat by the river and watched the boats. He had been there since morning.",
        "en | Hello world",
        "en | WE WILL NEVER GIVE UP",
        "de | Der alte Mann saß am Fluss und sah den Booten zu. Er war seit dem Morgen dort.",
        "de | Guten Morgen",
        "de | Ich liebe dich",
        "fr | Le vieil homme était assis près de la rivière et regardait les bateaux passer.",
        "fr | Ne me quitte pas",
        "fr | J'ai deux amours",
        "es | El viejo estaba sentado junto al río y miraba los barcos desde la mañana.",
        "es | Te quiero mucho",
        "it | Il vecchio era seduto vicino al fiume e guardava le barche dalla mattina.",
        "it | Buongiorno a tutti",
        "pt | O velho estava sentado perto do rio e olhava os barcos desde a manhã.",
        "pt | Eu te amo",
        "nl | De oude man zat aan de rivier en keek naar de boten. Hij was er al sinds de ochtend.",
        "nl | Ik hou van jou",
        "ru | Старик сидел у реки",
        "uk | Старий сидів біля річки її",
        "el | Ο γέρος καθόταν",
        "ja | おじいさんは川へ",
        "zh | 老人坐在河边",
        "ko | 노인은 강가에",
        "ar | جلس الرجل العجوز",
        "sv | Den gamle mannen satt vid floden och tittade på båtarna hela dagen lång.",
        "pl | Stary człowiek siedział nad rzeką i patrzył na łodzie przez cały dzień.",
        "sv | Jag tycker om dig",
        "sv | Hej, hur mår du?",
        "pl | Dzień dobry państwu",
        "pl | Nie wiem, co robić",
        "cs | Starý muž seděl u řeky a celý den se díval na lodě.",
        "cs | Dobrý den, jak se máte?",
        "hu | Az öregember a folyónál ült, és egész nap a hajókat nézte.",
        "hu | Jó napot kívánok",
        "ro | Bătrânul stătea lângă râu și privea bărcile toată ziua.",
        "ro | Nu știu ce să fac",
        "ca | El vell seia vora el riu i mirava les barques tot el dia.",
        "ca | Moltes gràcies, no en vull més",
        "tr | Yaşlı adam nehrin kenarında oturmuş, bütün gün tekneleri izliyordu.",
        "tr | Seni çok seviyorum",
        "fi | Vanha mies istui joen rannalla ja katseli veneitä koko päivän.",
        "fi | Hyvää huomenta kaikille",
        "da | Den gamle mand sad ved floden og så på bådene hele dagen, mens solen gik ned.",
        "ru | Привет",
        "ru | Объяснение",
        "el | Καλημέρα",
        "bg | Старецът седеше край реката и гледаше лодките.",
        "und | 12 34 ...",
      })
  void tells(String language, String text) {
    assertThat(DETECTOR.detect(text)).isEqualTo(language);
    assertThat(DETECTOR.detect(text)).isEqualTo(language);
    assertThat(new LanguageDetector().detect(text)).isEqualTo(language);
  }

  @Test
  void nothingIsUndetermined() {
    assertThat(DETECTOR.detect("")).isEqualTo(LanguageDetector.UNDETERMINED);
  }
}
