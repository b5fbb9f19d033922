/** Numbers out of samples: the log-mel front ends that foreign models were trained with. */
package org.chorale.dsp;
