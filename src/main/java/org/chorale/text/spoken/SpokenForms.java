package org.chorale.text.spoken;

import java.util.Optional;

/**
 * How one language speaks numbers, dates and times. Implementations are immutable and safe to share
 * between threads.
 *
 * <p>All methods give alternatives, most likely first, and nothing where the language has no form.
 */
interface SpokenForms {

  /** What the language knows by heart. */
  Lexicon lexicon();

  /** The decimal separator, '.' or ','; the other one parts groups of thousands. */
  char decimalSeparator();

  /** Whether spaces part groups of thousands ("10 000"). */
  boolean spaceParts();

  /** Whether "4/7" is the seventh of April rather than the fourth of July. */
  boolean monthFirst();

  /** A number by itself, 0 or more, in all genders. */
  Readings cardinal(long number);

  /**
   * A number before a noun.
   *
   * @param gender 'm', 'f' or 'n'
   */
  Readings counting(long number, char gender);

  /** "fourth", in all inflections. */
  Readings ordinal(long number);

  /** An ordinal in digits ("2nd", "1er", "3."), nothing if the word is none. */
  Optional<Readings> ordinal(TokenLine line, int i);

  /** The number after a ruler's name. */
  Readings regnal(long number);

  /** A year, 1 to 9999. */
  Readings year(long year);

  /** A decade: 1990 with its century, 90 without. */
  Readings decade(long year);

  /** Digits one by one. */
  Readings digits(String digits);

  /** The day in "July 4" or "4 July". */
  Readings day(int day, boolean afterMonth);

  /**
   * A date in digits.
   *
   * @param day 1 to 31
   * @param month 1 to 12
   * @param year 0 where none is written
   */
  Readings date(int day, int month, int year);

  /** A time of day: hour 0 to 24, minute 0 to 59. */
  Readings clock(int hour, int minute);

  /** What is said for "5:30" between the start and the word for the hour ("Uhr"), after it. */
  Readings minutesAfterHourWord(int minute);

  /** A digits string that is no year, price or measure. */
  Readings number(Numeral number);

  /** A number before a noun of a gender. */
  Readings amount(Numeral number, char gender);

  /** An amount of money. */
  Readings money(Numeral number, Noun currency);

  /** What follows the whole units of an amount of money when the currency stands apart. */
  Readings moneyTail(Numeral number, Noun currency);

  /** A fraction, denominator over 1. */
  Readings fraction(long numerator, long denominator);
}
