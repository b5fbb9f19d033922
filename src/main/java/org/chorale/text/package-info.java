/** Texts to be aligned: reading files, lines and words with exact offsets, languages. */
package org.chorale.text;
