/* Waiting for a round, and for an LSN to be durable: next_round(), request_round(), wait(),
 * begin_round(), end_round() of journal/rounds.hpp. The argument: docs/concurrency.md, rule 5 and
 * hazards 6 and 17.
 *
 * Sequentially consistent; see publish_list.pml for what is one step.
 *
 * Bounds: a publisher that waits until its record is durable, and a caller that looks, and waits
 * for the round that begins after it looked, twice.
 *
 * Shown: what a waiter saw published is committed when its round is complete; no wait is without
 * an end: every process comes to its own.
 *
 * Planted: PLANT_ASK_LATE, a round drops the requests after it raised its number.
 * PLANT_THIS_ROUND, a waiter waits for the round that runs instead of the next one.
 * PLANT_NO_COMPARE, a sleeper doesn't compare the tick that it saw. PLANT_TICK_FIRST, a round is
 * announced before it is complete.
 */

#define CALLERS 2

byte last = 0, in_list = 0;
byte begun = 0, completed = 0, committed = 0;
bit requested = 0, idle = 0, stopped = 0, sleeping = 0;
byte tick = 0, waiters = 0;
bit asleep[CALLERS];
byte callers_left = CALLERS;

inline wake_idle() {
  atomic { was = idle; idle = 0 }
  if
  :: was -> sleeping = 0
  :: else
  fi;
  was = 0
}
inline wake_if_idle() {
  if
  :: idle -> wake_idle()
  :: else
  fi
}
inline request_round() {
  if
  :: requested == 0 -> requested = 1
  :: else
  fi;
  wake_if_idle()
}
inline announce() {
  tick++;
  if
  :: waiters != 0 -> d_step { asleep[0] = 0; asleep[1] = 0 } /* may be unreached: by who stops it all, last */
  :: else
  fi
}
/* Rounds::wait(): whether it is `done` is looked at between the tick and the sleep. */
inline wait_until(done) {
  waiters++;
  do
  :: seen = tick;
     if
     :: done -> break
     :: else ->
        atomic {
          if
#ifdef PLANT_NO_COMPARE
          :: asleep[me] = 1
#else
          :: tick == seen -> asleep[me] = 1
          :: else
#endif
          fi
        };
        asleep[me] == 0
     fi
  od;
  seen = 0;
  waiters--
}
inline one_is_done() {
  atomic { callers_left--; is_last = (callers_left == 0) }
  if
  :: is_last -> stopped = 1; wake_idle(); announce()
  :: else
  fi
}

proctype Publisher(byte me) {
  byte mine = 0, seen = 0;
  bit was = 0, is_last = 0;
  atomic { last++; in_list++; mine = last }
  wake_if_idle();
  wait_until(committed >= mine);
  one_is_done()
}

proctype Waiter(byte me) {
  byte n = 0, seen = 0, saw = 0, round = 0;
  bit was = 0, is_last = 0;
  do
  :: n < 2 ->
     saw = last;
#ifdef PLANT_THIS_ROUND
     round = begun;
#else
     round = begun + 1;
#endif
     request_round();
     wait_until(completed >= round);
     assert(committed >= saw);
     n++
  :: else -> break
  od;
  one_is_done()
}

proctype Writer() {
  byte newest = 0, many = 0;
  bit looked = 0;
  do
  ::
#ifdef PLANT_ASK_LATE
     begun++;
     requested = 0;
#else
     requested = 0;
     begun++;
#endif
     atomic { newest = last; many = in_list; in_list = 0 }
#ifdef PLANT_TICK_FIRST
     announce();
     committed = newest;
     completed = begun;
#else
     committed = newest;
     completed = begun;
     announce();
#endif
     if
     :: many != 0 -> skip
     :: many == 0 && stopped ->
        if
        :: in_list == 0 -> break
        :: else
        fi
     :: many == 0 && !stopped ->
        idle = 1;
        looked = (in_list != 0);
        if
        :: looked
        :: else -> looked = requested
        fi;
        if
        :: looked
        :: else -> looked = stopped
        fi;
        if
        :: looked
        :: else ->
           atomic {
             if
             :: idle -> sleeping = 1
             :: else
             fi
           };
           sleeping == 0
        fi;
        idle = 0
     fi;
     newest = 0;
     many = 0;
     looked = 0
  od
}

init {
  atomic {
    run Writer();
    run Publisher(0);
    run Waiter(1)
  }
}
