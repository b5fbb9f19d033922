package org.chorale.subtitle;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Words that belong to what follows: no row and no cue should end with one. */
final class FunctionWords {

  private static final Map<String, Set<String>> WORDS =
      Map.of(
          "en",
          words(
              "a an the my your his her its our their this that these those of to in on at by for"
                  + " from with into onto over under about as and or but nor so if when than then"
                  + " because while who which whose i you he she we they it is are was were be been"
                  + " am have has had do does did will would shall should can could may might must"
                  + " not no very mr mrs dr"),
          "de",
          words(
              "der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser"
                  + " euer kein keine in im an am auf aus bei mit nach von vom zu zum zur für durch"
                  + " gegen ohne um über unter vor hinter und oder aber denn weil dass wenn als ob"
                  + " wie ich du er sie es wir nicht sehr so"),
          "fr",
          words(
              "le la les un une des du de au aux mon ma mes ton ta tes son sa ses notre nos votre"
                  + " vos leur leurs ce cet cette ces à en dans sur sous par pour avec sans chez et"
                  + " ou mais car donc ni que qui dont si comme quand je tu il elle on nous vous ils"
                  + " elles ne se me te y"),
          "es",
          words(
              "el la los las un una unos unas mi tu su mis tus sus nuestro este esta ese esa de del"
                  + " a al en con por para sin sobre desde hasta y e o u pero que si como cuando"
                  + " porque ni no se me te le lo nos muy"),
          "it",
          words(
              "il lo la i gli le un uno una mio mia tuo tua suo sua questo questa di del della dei"
                  + " delle a al alla ai alle da dal dalla in nel nella con su sul sulla per tra fra"
                  + " e ed o ma che se come quando perché non si mi ti ci vi ne"),
          "pt",
          words(
              "o a os as um uma uns umas meu minha teu tua seu sua este esta esse essa de do da dos"
                  + " das em no na nos nas por pelo pela para com sem sobre e ou mas que se como"
                  + " quando porque não me te lhe ao à aos às"),
          "nl",
          words(
              "de het een mijn jouw zijn haar ons onze hun dit dat deze die van in op aan bij met"
                  + " naar uit voor door over onder om te tot en of maar want dat als omdat toen ik"
                  + " jij je hij zij ze wij we niet zeer"));

  private final Set<String> words;

  FunctionWords(String language) {
    this.words = WORDS.getOrDefault(language, Set.of());
  }

  boolean contains(String word) {
    return words.contains(word.toLowerCase(Locale.ROOT));
  }

  private static Set<String> words(String list) {
    return Set.copyOf(Arrays.asList(list.split(" ")));
  }
}
