// Command bench measures the server beside another one, on the same configuration, script and load.
//
//	make bench                                    everything: some twenty-five minutes
//	make bench ROUNDS=1 CASES=call GROWTH=none    one figure: half a minute
//	make bench AGAINST=/tmp/moonroute.old         against an older build
//
// The servers take turns (A B A B ...), each freshly started, and what counts is the processor time that
// the whole process tree spent for one operation, by the scheduler's own accounts. The ratio of
// two servers in one run holds on a noisy machine; a single figure and a latency do not,
// so the load average, and how busy others kept the machine, stand beside each figure.
package main
