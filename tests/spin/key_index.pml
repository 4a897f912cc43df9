/* The key index: two inserts of one key, and removals going on: ledger/key_index.hpp. The argument:
 * docs/concurrency.md, "The words" and hazard 8; promise 4.
 *
 * Every load of a cell or a count is a step of its own, and so is a compare-and-swap.
 *
 * Bounds: a path of two buckets of two cells. Two insert the same key (1 and 2 are its entries); the
 * home bucket is full of other keys, with one or none beyond it; the writer removes one from home,
 * and the one beyond.
 *
 * Shown: never do both inserts succeed; a key whose insert succeeded is found; in the end a count
 * is as many as there are keys beyond its bucket, and nothing is left of an insert that didn't
 * succeed.
 *
 * Planted: PLANT_NO_SECOND_LOOK. PLANT_HOME_ONLY, the second look doesn't go beyond the home bucket.
 * PLANT_COUNT_LATE, a count is raised after the second look. PLANT_COUNT_KEPT, whoever takes
 * a key back leaves the counts as they are.
 */

#define CELLS 2
#define AT(b, c) cell[(b) * CELLS + (c)]
#define OF_KEY(i) (cell[i] == 1 || cell[i] == 2)

byte cell[4];
byte beyond[2];
byte done = 0;          /* which of the two inserts succeeded */
byte finished = 0;

/* Leaves in `other` an entry of the key, but for the one in cell `own`. */
inline look(own) {
  other = 0;
  b = 0;
  do
  :: b < 2 ->
     c = 0;
     do
     :: other == 0 && c < CELLS ->
        if
        :: b * CELLS + c == own
        :: else ->
           seen = AT(b, c);
           if
           :: seen == 1 || seen == 2 -> other = seen
           :: else
           fi
        fi;
        c++
     :: other != 0 || c == CELLS -> break
     od;
     if
     :: other != 0 || beyond[b] == 0 -> break
     :: else
     fi;
     b++
  :: else -> break
  od;
  seen = 0
}

proctype Inserter(byte me) {
  byte b = 0, c = 0, other = 0, seen = 0, spot = 9;
  look(9);
  if
  :: other != 0 -> goto out
  :: else
  fi;
  /* take_cell() */
  b = 0;
  do
  :: b < 2 ->
     c = 0;
     do
     :: c < CELLS ->
        if
        :: AT(b, c) == 0 ->
           atomic {
             if
             :: AT(b, c) == 0 -> AT(b, c) = me; spot = b * CELLS + c
             :: else
             fi
           }
        :: else
        fi;
        if
        :: spot != 9 -> break
        :: else
        fi;
        c++
     :: else -> break
     od;
     if
     :: spot != 9 -> break
     :: else
     fi;
#ifndef PLANT_COUNT_LATE
     beyond[b]++;
#endif
     b++
  :: else -> break
  od;
  if
  :: spot == 9 -> /* the path is full, for the moment */
#ifndef PLANT_COUNT_LATE
     beyond[0]--;
     beyond[1]--;
#endif
     goto out
  :: else
  fi;
#ifdef PLANT_NO_SECOND_LOOK
  other = 0;
#else
#ifdef PLANT_HOME_ONLY
  other = 0;
  c = 0;
  do
  :: c < CELLS && other == 0 ->
     if
     :: c != spot && (AT(0, c) == 1 || AT(0, c) == 2) -> other = 1
     :: else
     fi;
     c++
  :: else -> break
  od;
#else
  look(spot);
#endif
#endif
#ifdef PLANT_COUNT_LATE
  if
  :: spot >= CELLS -> beyond[0]++
  :: else
  fi;
#endif
  if
  :: other == 0 ->
     assert(done == 0);
     done = me;
     /* It is found, though perhaps another's beside it that is going to be taken back. */
     look(9);
     assert(other != 0)
  :: else ->
     AT(0, spot) = 0;
#ifndef PLANT_COUNT_KEPT
     if
     :: spot >= CELLS -> beyond[0]--
     :: else
     fi
#endif
  fi;
out:
  finished++
}

proctype Writer() {
  cell[1] = 0;
  if
  :: cell[2] == 7 -> cell[2] = 0; beyond[0]--
  :: else
  fi;
  finished++
}

init {
  atomic {
    cell[0] = 9;
    cell[1] = 8;
    if
    :: cell[2] = 7; beyond[0] = 1
    :: skip
    fi;
    run Inserter(1);
    run Inserter(2);
    run Writer()
  }
  finished == 3;
  assert(beyond[0] == (cell[2] != 0) + (cell[3] != 0));
  assert((done != 0) == OF_KEY(0) + OF_KEY(1) + OF_KEY(2) + OF_KEY(3))
}
