/* The published list, and the writer that sleeps when it is empty: journal/publish_list.hpp, and
 * idle(), wake_if_idle(), stop() of journal/rounds.hpp. The argument: docs/concurrency.md, "The
 * words" and hazard 17; promise 7.
 *
 * Sequentially consistent, as all these accesses are. A publish is one CAS, the take is one
 * fetch_and, so each is one step; each load and store of a flag is a step of its own. A futex
 * compares and sleeps in one step.
 *
 * Bounds: two publishers of two records each, who wait until theirs are committed; the last of
 * them stops the writer.
 *
 * Shown: LSNs are taken dense, in order, each once; the writer never sleeps while something is
 * published or it is to stop: every process comes to its end.
 *
 * Planted: PLANT_LOOK_FIRST, the writer looks at the list before it raises its flag.
 * PLANT_STOP_UNSEEN, it doesn't look at `stopped` after that. PLANT_TWO_STEPS, the take reads the
 * list in one step and empties it in another.
 */

#define PUBLISHERS 2
#define EACH 2

byte last = 0;        /* the head: LSN of the newest record */
byte in_list = 0;     /* and how many are linked behind it */
byte committed = 0;
bit idle = 0, stopped = 0, sleeping = 0;
byte callers_left = PUBLISHERS;

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

proctype Publisher() {
  byte n = 0, mine = 0;
  bit was = 0, is_last = 0;
  do
  :: n < EACH ->
     atomic {
       last++;
       in_list++;
       assert(last > mine);
       mine = last
     }
     wake_if_idle();
     n++
  :: else -> break
  od;
  committed >= mine;    /* how it waits is in rounds.pml */
  atomic { callers_left--; is_last = (callers_left == 0) }
  if
  :: is_last -> stopped = 1; wake_idle()
  :: else
  fi
}

proctype Writer() {
  byte next = 1, newest = 0, many = 0;
  bit looked = 0;
  do
  ::
#ifdef PLANT_TWO_STEPS
     many = in_list;
     atomic { newest = last; in_list = 0 }
#else
     atomic { newest = last; many = in_list; in_list = 0 }
#endif
     assert(newest - many == next - 1);
     next = newest + 1;
     committed = newest;
     if
     :: many != 0 -> skip
     :: many == 0 && stopped ->
        if
        :: in_list == 0 -> break
        :: else
        fi
     :: many == 0 && !stopped ->
        looked = 0;
#ifdef PLANT_LOOK_FIRST
        looked = (in_list != 0);
        idle = 1;
#else
        idle = 1;
        looked = (in_list != 0);
#endif
#ifndef PLANT_STOP_UNSEEN
        if
        :: looked
        :: else -> looked = stopped
        fi;
#endif
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
     many = 0;
     looked = 0
  od;
  assert(next == PUBLISHERS * EACH + 1)
}

init {
  atomic {
    run Writer();
    run Publisher();
    run Publisher()
  }
}
