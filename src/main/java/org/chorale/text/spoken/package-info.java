/**
 * How written words are spoken: numbers, dates, money, abbreviations, symbols and letters by
 * language.
 */
package org.chorale.text.spoken;
