package org.chorale.text.spoken;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words of letters: plain ones, compounds with hyphens, acronyms, single letters, and what is made
 * of letters, digits and signs ("mp3", "R&B", "www.example.org").
 */
final class WordRule implements TokenRule {

  private static final Pattern LETTERS = Pattern.compile("[\\p{L}\\p{M}']+");
  private static final Pattern HYPHENS = Pattern.compile("[-–—‒―]+");
  private static final Pattern INITIALS = Pattern.compile("(?:\\p{L}\\.)+\\p{L}");
  private static final Pattern CAMEL =
      Pattern.compile("(?<=\\p{Ll})(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");
  private static final Pattern SEGMENT =
      Pattern.compile("[\\p{L}\\p{M}']+|\\d+(?:[.,]\\d+)*|[^\\p{L}\\p{M}\\d']");
  private static final Pattern PARTS_WITH_WORDS =
      Pattern.compile("(?:[\\p{L}\\p{M}\\d']+[-–—])+(?:[\\p{L}\\p{M}\\d'])+");
  private static final Pattern STRETCHED = Pattern.compile("(\\p{L})\\1{2,}");
  private static final Pattern PLURAL = Pattern.compile("(\\p{Lu}{2,5})'?s");
  private static final Pattern NET =
      Pattern.compile("(?:https?://)?(?:www\\.)?[\\w-]+(?:\\.[\\w-]+)*\\.\\p{L}{2,6}(?:/.*)?");
  private static final String VOWELS = "aeiouyæœøıаеиоуыэюяієαεηιουω";
  private static final int LONGEST_ACRONYM = 5;
  private static final int MOST_SEGMENTS = 24;

  private final SpokenForms forms;
  private final Lexicon lexicon;

  WordRule(SpokenForms forms) {
    this.forms = forms;
    this.lexicon = forms.lexicon();
  }

  @Override
  public List<Readings> apply(TokenLine line, int i) {
    Token token = line.at(i);
    Readings readings = read(token, line, i);
    return readings.isEmpty() ? List.of() : List.of(readings);
  }

  private Readings read(Token token, TokenLine line, int i) {
    String core = token.core();
    Noun unit = core.chars().anyMatch(c -> c == '²' || c == '³') ? lexicon.unit(core) : null;
    if (unit != null) {
      return unit.many();
    }
    Readings known = lexicon.word(token.raw().toLowerCase(Locale.ROOT));
    if (known.isEmpty()) {
      known = lexicon.word(token.lower());
    }
    if (!known.isEmpty()) {
      return known;
    }
    if (INITIALS.matcher(core).matches()) {
      return spell(core.replace(".", ""));
    }
    if (LETTERS.matcher(core).matches()) {
      boolean initial = token.dotted() && token.isCapitalised() && line.at(i + 1).isCapitalised();
      Readings elided = elided(token);
      boolean shoutedWord =
          line.upperCase() && lexicon.has("oneletter", token.lower()) && !token.dotted();
      return !elided.isEmpty()
          ? elided
          : shoutedWord ? Readings.of(core) : letters(core, line.upperCase(), initial);
    }
    if (!token.hasDigit() && HYPHENS.matcher(core).find() && isHyphenated(core)) {
      return compound(core, line.upperCase());
    }
    if (token.hasDigit() && PARTS_WITH_WORDS.matcher(core).matches()) {
      return parts(core, line.upperCase());
    }
    return segments(core, line.upperCase());
  }

  /** "5-year-old", "3rd-grade", "COVID-19". */
  private Readings parts(String core, boolean upperCaseLine) {
    Readings all = Readings.none();
    for (String part : HYPHENS.split(core)) {
      Token token = Token.of(part);
      TokenLine alone = new TokenLine(List.of(token), upperCaseLine);
      Readings ordinal = forms.ordinal(alone, 0).orElse(Readings.none());
      all = all.then((ordinal.isEmpty() ? read(token, alone, 0) : ordinal).first(3));
    }
    return all;
  }

  /** "l'" apart from its noun. */
  private static Readings elided(Token token) {
    return token.core().length() <= 2 && token.raw().equals(token.core() + "'")
        ? Readings.of(token.core() + "'")
        : Readings.none();
  }

  private static boolean isHyphenated(String core) {
    return LETTERS.matcher(HYPHENS.matcher(core).replaceAll("")).matches();
  }

  /** A word of letters and apostrophes. */
  private Readings letters(String word, boolean upperCaseLine, boolean initial) {
    if (word.codePointCount(0, word.length()) == 1) {
      return letter(word, initial);
    }
    boolean capitals =
        word.codePoints().filter(Character::isUpperCase).count() > 1
            && word.codePoints().noneMatch(Character::isLowerCase);
    if (capitals) {
      return capitals(word, upperCaseLine);
    }
    Matcher plural = PLURAL.matcher(word);
    if (plural.matches() && !upperCaseLine) {
      Readings letters = spell(plural.group(1));
      Readings spelled = Readings.none();
      for (List<String> names : letters.first(2).toList()) {
        spelled = spelled.or(String.join(" ", names) + "s");
      }
      return lexicon.has("acronym", plural.group(1))
          ? Readings.of(word).or(spelled)
          : spelled.or(word);
    }
    Readings plain = plain(word);
    String[] humps = CAMEL.split(word);
    if (humps.length > 1) {
      Readings split = Readings.none();
      for (String hump : humps) {
        split = split.then(letters(hump, false, false).first(2));
      }
      return humps[0].length() == 1 && Character.isLowerCase(humps[0].charAt(0))
          ? split.or(plain)
          : plain.or(split);
    }
    return plain;
  }

  private Readings letter(String letter, boolean initial) {
    String lower = letter.toLowerCase(Locale.ROOT);
    Readings name = lexicon.letter(lower);
    Readings word = Readings.of(letter);
    if (!lexicon.has("oneletter", lower)) {
      return name.isEmpty() ? word : name;
    }
    if (!Character.isUpperCase(letter.codePointAt(0))) {
      return word;
    }
    return initial ? name.or(word) : word.or(name);
  }

  private Readings capitals(String word, boolean upperCaseLine) {
    String lower = word.toLowerCase(Locale.ROOT);
    Readings plain = plain(word);
    if (word.indexOf('\'') > 0 && !upperCaseLine) {
      int apostrophe = word.indexOf('\'');
      return plain.or(
          apostrophe < 2 ? Readings.none() : spell(word.substring(0, apostrophe)).first(1));
    }
    boolean known = lexicon.has("acronym", word);
    boolean pronounceable = isPronounceable(lower);
    if (word.indexOf('\'') >= 0 || !lexicon.hasLetters()) {
      return plain;
    }
    if (upperCaseLine) {
      return known || pronounceable ? plain : spell(word).first(2).or(plain);
    }
    if (known || lexicon.has("common", lower)) {
      return plain.or(word.length() <= LONGEST_ACRONYM ? spell(word) : Readings.none());
    }
    if (!pronounceable || lexicon.has("spelled", word)) {
      return word.length() <= 2 * LONGEST_ACRONYM ? spell(word).or(plain) : plain;
    }
    if (word.length() > LONGEST_ACRONYM) {
      return plain;
    }
    return word.length() <= 3 ? spell(word).or(plain) : plain.or(spell(word));
  }

  /** Whether a word has a vowel, and not more consonants together than a syllable takes. */
  private boolean isPronounceable(String lower) {
    boolean vowel = false;
    int consonants = 0;
    for (int i = 0; i < lower.length(); ) {
      int c = lower.codePointAt(i);
      i += Character.charCount(c);
      String base =
          java.text.Normalizer.normalize(Character.toString(c), java.text.Normalizer.Form.NFD)
              .substring(0, 1);
      if (VOWELS.contains(base)) {
        vowel = true;
        consonants = 0;
      } else if (++consonants > 4) {
        return false;
      }
    }
    return vowel;
  }

  private Readings plain(String word) {
    if (STRETCHED.matcher(word).find()) {
      // "Ohhhh", "sooo": however long it is written, one or two letters are what it is made of.
      return Readings.of(
          STRETCHED.matcher(word).replaceAll("$1"), STRETCHED.matcher(word).replaceAll("$1$1"));
    }
    Readings readings = Readings.of(word);
    Readings irregular = lexicon.word(word.toLowerCase(Locale.ROOT));
    return irregular.isEmpty() ? readings : irregular;
  }

  /** Letter by letter; a language without names of letters says nothing. */
  private Readings spell(String word) {
    Readings all = Readings.none();
    int[] letters = word.codePoints().toArray();
    for (int letter : letters) {
      if (letter == '\'') {
        continue;
      }
      String lower = Character.toString(Character.toLowerCase(letter));
      Readings names = lexicon.letter(lower);
      all = all.then(names.isEmpty() ? Readings.of(lower) : names.first(2));
    }
    return all.first(4);
  }

  /** "well-known", "T-shirt", "b-but". */
  private Readings compound(String core, boolean upperCaseLine) {
    // The t of "a-t-il" belongs to the pronoun and is no letter's name.
    String joined = core.replaceAll("-([tT])-(?=\\p{L}{2,4}$)", "-$1");
    String[] parts = HYPHENS.split(joined);
    List<String> kept = new ArrayList<>();
    for (int k = 0; k < parts.length; k++) {
      String part = parts[k];
      // A stutter repeats the start of the word that follows; its letter is not named.
      String lower = part.toLowerCase(Locale.ROOT);
      String last = parts[parts.length - 1].toLowerCase(Locale.ROOT);
      boolean stutter =
          k + 1 < parts.length
              && part.length() <= 2
              && !lexicon.has("oneletter", lower)
              && last.length() > part.length()
              && last.startsWith(lower);
      if (!part.isEmpty() && !stutter) {
        kept.add(part);
      }
    }
    Readings all = Readings.none();
    boolean spelledOut = kept.size() > 2 && kept.stream().allMatch(p -> p.length() == 1);
    for (String part : kept) {
      Readings name = lexicon.letter(part.toLowerCase(Locale.ROOT));
      all =
          all.then(
              spelledOut && !name.isEmpty()
                  ? name.first(1)
                  : letters(part, upperCaseLine, false).first(3));
    }
    return all;
  }

  /** Letters, digits and signs mixed. */
  private Readings segments(String core, boolean upperCaseLine) {
    boolean net = core.indexOf('@') > 0 || (core.indexOf('.') > 0 && NET.matcher(core).matches());
    String rest = net ? core.replaceFirst("^https?://", "").replaceFirst("/+$", "") : core;
    Readings all = Readings.none();
    Matcher matcher = SEGMENT.matcher(rest);
    int count = 0;
    while (matcher.find() && count < MOST_SEGMENTS) {
      String segment = matcher.group();
      int c = segment.codePointAt(0);
      boolean between = count > 0 && matcher.end() < rest.length();
      count++;
      if (Character.isDigit(c)) {
        all = all.then(digits(segment));
      } else if (SpokenWords.isLetter(c) || c == '\'') {
        boolean beside = isDigit(rest, matcher.start() - 1) || isDigit(rest, matcher.end());
        all = all.then(letterSegment(segment, beside, upperCaseLine, net));
      } else {
        all = all.then(sign(segment, net, between, count == 1));
      }
    }
    return all;
  }

  private Readings digits(String segment) {
    return Numeral.parse(segment, forms.decimalSeparator())
        .map(n -> n.grouped() && n.hasValue() ? forms.cardinal(n.value()) : forms.number(n))
        .orElseGet(() -> forms.digits(segment.replaceAll("\\D", "")))
        .first(4);
  }

  private static boolean isDigit(String text, int i) {
    return i >= 0 && i < text.length() && Character.isDigit(text.charAt(i));
  }

  /** A run of letters; {@code beside} where digits touch it. */
  private Readings letterSegment(
      String segment, boolean beside, boolean upperCaseLine, boolean net) {
    int length = segment.codePointCount(0, segment.length());
    if (net && segment.equals("www")) {
      return spell(segment).first(1);
    }
    if (length == 1) {
      Readings name = lexicon.letter(segment.toLowerCase(Locale.ROOT));
      return name.isEmpty() ? Readings.of(segment) : name.first(2);
    }
    boolean upper = segment.codePoints().noneMatch(Character::isLowerCase);
    if (length <= 3 && beside && !lexicon.has("common", segment.toLowerCase(Locale.ROOT))) {
      // "mp3", "DVD2": short runs beside digits are codes.
      Readings unit = unit(segment);
      boolean word = isPronounceable(segment.toLowerCase(Locale.ROOT)) && !upper;
      return word
          ? Readings.of(segment).or(spell(segment).first(1))
          : unit.or(spell(segment).first(2)).or(segment);
    }
    if (net && !isPronounceable(segment.toLowerCase(Locale.ROOT))) {
      return spell(segment).first(1).or(segment);
    }
    return letters(segment, upperCaseLine, false).first(3);
  }

  private Readings unit(String segment) {
    Noun unit = lexicon.unit(segment);
    return unit == null || unit.gluedOnly() ? Readings.none() : unit.many().first(1);
  }

  private Readings sign(String sign, boolean net, boolean between, boolean first) {
    return switch (sign) {
      case "." -> net && between ? lexicon.phrase("dot") : Readings.none();
      case "/" -> net && between ? lexicon.phrase("slash") : Readings.none();
      case "-", "–", "—" -> net && between ? lexicon.phrase("dash") : Readings.none();
      case "_" -> net && between ? lexicon.phrase("underscore") : Readings.none();
      case "#" -> first ? lexicon.phrase("hashtag") : lexicon.symbol("#");
      case "@" -> lexicon.phrase("at");
      case "%", "‰", "&", "+", "=", "°", "§", "×", "÷", "№" -> lexicon.symbol(sign);
      default -> {
        Noun currency = lexicon.currency(sign);
        yield currency == null ? Readings.none() : currency.many().first(1);
      }
    };
  }
}
