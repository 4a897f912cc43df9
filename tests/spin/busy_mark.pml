/* A booking's word: who marks it busy may change it, and publishes before the mark goes; readers copy
 * and look again: ledger/take.cpp, ledger/change.cpp, ledger/read.cpp. The argument:
 * docs/concurrency.md, "The words", rule 2, and hazards 1 and 2; promises 7 and 8.
 *
 * The journal is replayed as it is committed: each record must be legal where it stands.
 *
 * Bounds: one seat and one booking: claimed, confirmed and cancelled at once, its seat sold again to
 * somebody else, and a reader who copies two fields.
 *
 * Shown: no prefix of the journal confirms what isn't held, cancels what has ended, or sells a seat
 * twice; a copy whose second look agrees is whole; every process comes to its end.
 *
 * Planted: PLANT_UNMARK_FIRST, a change lets the booking go before its record is published (hazard
 * 1). PLANT_NOT_BUSY, a new booking enters its index without the mark (hazard 2). PLANT_NO_SWAP, the
 * mark is set by a store. PLANT_NO_SECOND_LOOK, the reader doesn't look again.
 * PLANT_SAME_VERSION, a change doesn't raise the version.
 */

mtype = { none, held, confirmed, cancelled }

#define CLAIM 1
#define CONFIRM 2
#define CANCEL 3
#define SOLD_AGAIN 4

/* The word, each access to all of it in one step; what the index leads to. */
mtype state = none;
bit busy = 1;
byte version = 0;
bit entered = 0;
/* What is changed under the mark: both hold the version that they belong to. */
byte first = 0, second = 0;

byte list[4];
byte published = 0, committed = 0;
bit seat_free = 0;
/* The replay. */
mtype replayed = none;
bit seat_sold = 0;

byte finished = 0;

inline publish(what) {
  atomic { list[published] = what; published++ }
}

/* Takes the mark from `state` == from: `marked` says whether. */
inline mark(from) {
#ifdef PLANT_NO_SWAP
  if
  :: state == from && !busy -> busy = 1; marked = 1
  :: else
  fi
#else
  atomic {
    if
    :: state == from && !busy -> busy = 1; marked = 1
    :: else
    fi
  }
#endif
}
inline unmark(to) {
  atomic {
    state = to;
    busy = 0;
#ifndef PLANT_SAME_VERSION
    version++
#endif
  }
}
inline change(what, to) {
  first = version + 1;
  second = version + 1;
#ifdef PLANT_UNMARK_FIRST
  unmark(to);
  publish(what)
#else
  publish(what);
  unmark(to)
#endif
}

proctype Claimer() {
  first = 1;
  second = 1;
#ifdef PLANT_NOT_BUSY
  atomic { state = held; busy = 0; version = 1 }
  entered = 1;
  publish(CLAIM);
#else
  entered = 1;
  publish(CLAIM);
  atomic { state = held; busy = 0; version = 1 }
#endif
  finished++
}

proctype Confirmer() {
  bit marked = 0;
  entered;
  mark(held);
  if
  :: marked -> change(CONFIRM, confirmed)
  :: else
  fi;
  finished++
}

proctype Canceller() {
  bit marked = 0;
  entered;
  mark(held);
  if
  :: !marked -> mark(confirmed)
  :: else
  fi;
  if
  :: marked -> change(CANCEL, cancelled)
  :: else
  fi;
  finished++
}

/* Takes the seat when the writer has given it back; or never. */
proctype Reseller() {
  if
  :: atomic { seat_free -> seat_free = 0 }
     publish(SOLD_AGAIN)
  :: finished >= 3
  fi;
  finished++
}

proctype Reader() {
  byte a = 0, b = 0, at = 0;
  bit is_busy = 0;
  entered;
  atomic { at = version; is_busy = busy }
  if
  :: !is_busy ->
     a = first;
     b = second;
#ifdef PLANT_NO_SECOND_LOOK
     assert(a == at && b == at)
#else
     if
     :: version == at && !busy -> assert(a == at && b == at)
     :: else
     fi
#endif
  :: else
  fi;
  finished++
}

proctype Writer() {
  do
  :: published > committed ->
     /* The commit: the record is replayed. What it frees comes back in a step of its own. */
     d_step {
       if
       :: list[committed] == CLAIM ->
          assert(replayed == none && !seat_sold);
          replayed = held;
          seat_sold = 1
       :: list[committed] == CONFIRM ->
          assert(replayed == held);
          replayed = confirmed
       :: list[committed] == CANCEL ->
          assert(replayed == held || replayed == confirmed);
          replayed = cancelled;
          seat_sold = 0
       :: list[committed] == SOLD_AGAIN ->
          assert(!seat_sold);
          seat_sold = 1
       fi;
       committed++
     }
     if
     :: list[committed - 1] == CANCEL -> seat_free = 1
     :: else
     fi
  :: published == committed && finished == 5 -> break
  od
}

init {
  atomic {
    run Writer();
    run Claimer();
    run Confirmer();
    run Canceller();
    run Reseller();
    run Reader()
  }
}
