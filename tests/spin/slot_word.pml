/* A slot's word: seats taken by CAS, undone by callers, made durable and given back by the writer,
 * and a crash at any moment: ledger/take.cpp, ledger/give_back.cpp. The argument:
 * docs/concurrency.md, "The words", rule 1, and hazards 3 and 5; promises 1 to 3.
 *
 * A claim takes its seat, then publishes, or finds its applicant booked already and undoes. The
 * journal is what was committed; a crash leaves the journal, and the word is counted anew from it.
 *
 * Bounds: one seat, four callers: two claim, one claims and undoes, one cancels what was claimed
 * first, once that is durable. Capacity 1.
 *
 * Shown: pending <= taken <= capacity always; the journal never holds more than the capacity, in
 * any prefix, so after a crash neither; whoever hears `full` hears what no crash makes untrue;
 * after an acknowledged cancel the seat is seen free.
 *
 * Planted: PLANT_UNDURABLE_FULL, seats that are pending count as sold. PLANT_GIVE_BACK_LATE, the
 * durable LSN is published before the seats are given back. PLANT_GIVE_BACK_EARLY, the canceller
 * gives back the seat itself when it has published. PLANT_NO_COMPARE, a claim writes what it
 * computed without a compare-and-swap. PLANT_UNDO_PENDING, an undo forgets `pending`.
 */

#define CAPACITY 1
#define CLAIM 1
#define CANCEL 2

byte taken = 0, pending = 0;

/* Published, and not yet taken by the writer: at most three records. */
byte list[3];
byte published = 0;    /* LSN of the newest */
byte committed = 0;    /* in the journal */
byte durable = 0;      /* told */
byte sold = 0;         /* claims less cancels in the journal */
byte sold_told = 0;    /* the same of what was told, cancels only; claims when they are committed */
bit crashed = 0;
bit claimed = 0;       /* a claim is durable and its owner knows */
bit cancelled = 0;     /* a cancel is in the journal */
bit cancel_told = 0;   /* and somebody else was told that it is durable */
bit resold = 0;        /* and a claim behind it */
byte finished = 0;

inline publish(what) {
  atomic { list[published] = what; published++; mine = published }
}
inline check_word() {
  assert(pending <= taken);
  assert(taken <= CAPACITY)
}

/* Takes the seat: one look, and the CAS if there was room. With the look goes whether `full` would be
 * sure then: the claim is in the journal, and a cancel is at most in it, too, with nobody knowing. */
inline take() {
  got = 0;
  sold_out = 0;
  knew = cancel_told;
  atomic { saw_taken = taken; saw_pending = pending; sure = (sold_told >= CAPACITY && (!knew || resold)) }
  do
  :: saw_taken < CAPACITY ->
#ifdef PLANT_NO_COMPARE
     atomic { taken = saw_taken + 1; pending = saw_pending + 1; got = 1; check_word(); break }
#else
     atomic {
       if
       :: taken == saw_taken && pending == saw_pending ->
          taken++; pending++; got = 1; check_word(); break
       :: else ->
          saw_taken = taken;
          saw_pending = pending;
          sure = (sold_told >= CAPACITY && (!knew || resold))
       fi
     }
#endif
#ifdef PLANT_UNDURABLE_FULL
  :: saw_taken >= CAPACITY -> sold_out = 1; break
#else
  :: saw_taken >= CAPACITY && saw_pending == 0 -> sold_out = 1; break
  :: saw_taken >= CAPACITY && saw_pending != 0 -> break     /* waits for a round, asks again */
#endif
  od
}

proctype Claimer(bit undoes) {
  byte saw_taken = 0, saw_pending = 0, mine = 0;
  bit got = 0, sold_out = 0, knew = 0, sure = 0;
  {
    take();
    if
    :: crashed
    :: else ->
       if
       :: sold_out ->
          assert(sure)
       :: got && undoes ->
          atomic {
            if
            :: crashed
            :: else ->
               taken--;
#ifndef PLANT_UNDO_PENDING
               pending--;
#endif
               check_word()
            fi
          }
       :: got && !undoes ->
          atomic { if :: crashed :: else -> publish(CLAIM) fi };
          (durable >= mine || crashed);
          if
          :: durable >= mine && mine != 0 -> claimed = 1
          :: else
          fi
       :: else
       fi
    fi
  } unless { crashed };
  finished++
}

proctype Canceller() {
  byte mine = 0;
  {
    (claimed || finished == 3);
    if
    :: claimed ->
       publish(CANCEL);
#ifdef PLANT_GIVE_BACK_EARLY
       atomic { taken--; check_word() }
#endif
       durable >= mine;
       cancel_told = 1
    :: else
    fi
  } unless { crashed };
  finished++
}

proctype Writer() {
  byte upto = 0, at = 0;
  do
  :: published > committed && !crashed ->
     upto = published;
     /* One transaction: all or nothing. */
     atomic {
       at = committed;
       do
       :: at < upto ->
          if
          :: list[at] == CLAIM ->
             resold = cancelled;
             sold++; sold_told++
          :: list[at] == CANCEL -> sold--; cancelled = 1
          fi;
          assert(sold <= CAPACITY);
          at++
       :: else -> break
       od;
       at = committed;
       committed = upto
     }
#ifdef PLANT_GIVE_BACK_LATE
     atomic { if :: crashed :: else -> durable = upto fi }
#endif
     do
     :: at < upto && !crashed ->
        atomic {
          if
          :: crashed
          :: else ->
             if
             :: list[at] == CLAIM -> pending--
             :: list[at] == CANCEL ->
#ifndef PLANT_GIVE_BACK_EARLY
                taken--;
#endif
                sold_told--
             fi;
             check_word()
          fi
        }
        at++
     :: else -> break
     od;
     atomic { if :: crashed :: else -> durable = upto fi }
  :: crashed -> break
  :: finished == 4 && published == committed && !crashed -> break
  od
}

/* At any moment, or never. What comes up again is what the journal says. */
proctype Crash() {
  if
  :: atomic {
       crashed = 1;
       taken = sold;
       pending = 0;
       assert(taken <= CAPACITY)
     }
  :: finished == 4
  fi
}

init {
  atomic {
    run Writer();
    run Claimer(0);
    run Claimer(0);
    run Claimer(1);
    run Canceller();
    run Crash()
  }
}
