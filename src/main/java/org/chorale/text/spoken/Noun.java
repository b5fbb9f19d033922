package org.chorale.text.spoken;

/**
 * A unit or currency as it is counted.
 *
 * @param one its names after the number one
 * @param many its names after other numbers
 * @param gender 'm', 'f' or 'n'
 * @param subOne names of its hundredth, for currencies
 * @param subMany names of its hundredths
 * @param gluedOnly whether it only counts as a unit when written together with the number, because
 *     it is a word otherwise ("in")
 */
record Noun(
    Readings one,
    Readings many,
    char gender,
    Readings subOne,
    Readings subMany,
    boolean gluedOnly) {

  /** From the columns kind, key, one, many, gender[!], subOne, subMany; "!" means glued only. */
  static Noun of(String[] columns) {
    Readings one = alternatives(columns, 2);
    Readings many = alternatives(columns, 3);
    String gender = columns.length > 4 ? columns[4] : "";
    Readings subOne = alternatives(columns, 5);
    Readings subMany = alternatives(columns, 6);
    return new Noun(
        one,
        many.isEmpty() ? one : many,
        gender.isEmpty() ? 'm' : gender.charAt(0),
        subOne,
        subMany.isEmpty() ? subOne : subMany,
        gender.endsWith("!"));
  }

  private static Readings alternatives(String[] columns, int i) {
    return columns.length > i && !columns[i].isEmpty()
        ? Readings.of(columns[i].split("\\|"))
        : Readings.none();
  }
}
