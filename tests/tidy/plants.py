"""Violations to plant in a clean tree: (rule, file, text). Each must be found where it stands."""

HEADER = "#pragma once\n"

CLEAN = {
    "CMakeLists.txt": "",
    "README.md": "```sh\nbash daemon/run\nbash tests/run\n```\nSee `engine/src` and [more](docs/a.md#b).\n",
    "daemon/run": "",
    "tests/run": "",
    "docs/a.md": "Back to [the first page](../README.md).\n",
    "engine/include/janji/types.hpp": HEADER + "#include <cstdint>\n",
    "engine/include/janji/engine.hpp": HEADER + "#include <janji/types.hpp>\n",
    "engine/src/base/bits.hpp": HEADER + "#include <janji/types.hpp>\n",
    "engine/src/record/record.hpp": HEADER + '#include "base/bits.hpp"\n',
    "engine/src/store/lmdb_store.cpp": '#include <lmdb.h>\n#include "record/record.hpp"\n',
    "engine/src/journal/journal.hpp": HEADER + '#include "store_of_words.hpp"\n',
    "engine/src/journal/store_of_words.hpp": HEADER,
    "engine/src/ledger/ledger.hpp": HEADER + '#include "journal/journal.hpp"\n',
    "engine/src/engine/engine.cpp": '#include <janji/engine.hpp>\n#include "ledger/ledger.hpp"\n',
    "engine/src/ledger/word.cpp": """#include <atomic>
// load() in a comment and "x.load()" in a literal are neither.
const char* text = "x.load()";
std::atomic<int> x{0};
std::atomic<long> total = 0;
int f(Files& files) {
  x.store(1, std::memory_order_relaxed);
  int seen = x.load(std::memory_order_acquire);
  x.compare_exchange_weak(seen, 2, std::memory_order_acq_rel,
                          std::memory_order_relaxed);
  files.load(text);
  files.store(g(1, 2), 3);
  return x.fetch_add(1, std::memory_order_relaxed);
}
""",
    "daemon/src/net/session.hpp": HEADER + "#include <boost/asio.hpp>\n#include <janji/engine.hpp>\n",
    "daemon/src/net/session.cpp": '#include "net/session.hpp"\n',
    "tests/unit/ledger/word_test.cpp": '#include "ledger/ledger.hpp"\n',
    "bench/bare/lmdb.cpp": "#include <lmdb.h>\n",
}


def _atomic(body):
    return f"#include <atomic>\nstd::atomic<int> x{{0}};\nvoid f() {{\n  {body}\n}}\n"


_ENGINE = "engine/src/ledger/planted.cpp"
_PUBLIC = "engine/include/janji/planted.hpp"
_DAEMON = "daemon/src/net/planted.cpp"
_README = CLEAN["README.md"]

PLANTS = [
    # The top and the files
    ("top-level", "tools/x.cpp", ""),
    ("top-level", "TODO.md", ""),
    ("file-name", "engine/src/base/BigName.cpp", ""),
    ("file-name", "daemon/src/net/server.cc", ""),
    ("pragma-once", "daemon/src/net/planted.hpp", "struct A {};\n"),
    ("pragma-once", "engine/src/base/planted.hpp", "// #pragma once\n"),
    ("file-size", "engine/src/base/long.cpp", "\n" * 601),
    ("file-size", "daemon/src/net/long.cpp", "\n" * 601),
    # Between the parts
    ("include", _PUBLIC, HEADER + '#include "../../src/base/bits.hpp"\n'),
    ("include", _PUBLIC, HEADER + "#include <xxhash.h>\n"),
    ("include", _PUBLIC, HEADER + "#include <boost/json.hpp>\n"),
    ("include", _ENGINE, "#include <boost/asio.hpp>\n"),
    ("include", _ENGINE, "#include <sodium.h>\n"),
    ("include", _ENGINE, '#include "net/session.hpp"\n'),
    ("include", _ENGINE, '#include "../../../daemon/src/net/session.hpp"\n'),
    ("include", _ENGINE, "#include <janji/absent.hpp>\n"),
    ("include", _DAEMON, '#include "ledger/ledger.hpp"\n'),
    ("include", _DAEMON, '#include "../../../engine/src/ledger/ledger.hpp"\n'),
    ("include", _DAEMON, "#include <engine/src/ledger/ledger.hpp>\n"),
    ("include", _DAEMON, '#include "../../../tests/unit/ledger/word_test.cpp"\n'),
    ("include", "bindings/c/planted.cpp", '#include "../../engine/src/base/bits.hpp"\n'),
    ("include", "bindings/c/planted.cpp", '#include "../../daemon/src/net/session.hpp"\n'),
    ("lmdb", "engine/src/store/second.cpp", "#  include <lmdb.h>\n"),
    ("lmdb", "engine/src/journal/direct.cpp", "#include <lmdb.h>\n"),
    ("lmdb", _DAEMON, "#include <lmdb.h>\n"),
    # Between the engine's layers
    ("layer", "engine/src/base/up.cpp", '#include "record/record.hpp"\n'),
    ("layer", "engine/src/record/up.cpp", '#include "../ledger/ledger.hpp"\n'),
    ("layer", "engine/src/ledger/up.cpp", "#include <janji/engine.hpp>\n"),
    ("layer", "engine/src/journal/circle.cpp", '#include "ledger/ledger.hpp"\n'),
    ("layer", "engine/src/misc/planted.cpp", ""),
    ("layer", "engine/src/planted.cpp", ""),
    # What the engine doesn't do
    ("no-sleep", _ENGINE, "void f() { std::this_thread::sleep_for(t); }\n"),
    ("no-sleep", _ENGINE, "void f() { usleep (5); }\n"),
    ("no-assert", _ENGINE, "void f(int x) { assert(x); }\n"),
    # Memory orders
    ("memory-order", _ENGINE, _atomic("x.load();")),
    ("memory-order", _ENGINE, _atomic("x.load( );  // NOLINT: memory_order_relaxed")),
    ("memory-order", _ENGINE, _atomic("p->x.load();")),
    ("memory-order", _ENGINE, _atomic("x.store(1);")),
    ("memory-order", _ENGINE, _atomic("x.store(g(1, 2));")),
    ("memory-order", _ENGINE, _atomic("x.exchange(1);")),
    ("memory-order", _ENGINE, _atomic("x\n      .fetch_add(1);")),
    ("memory-order", _ENGINE, _atomic("x.fetch_or(A{1, 2});")),
    ("memory-order", _ENGINE, _atomic("x.compare_exchange_weak(a, g(b, c));")),
    ("memory-order", _ENGINE, _atomic("std::atomic_load(&x);")),
    ("memory-order", _ENGINE, "std::atomic_uint64_t x;\n"),
    # What documents name
    ("document-path", "docs/planted.md", "See `engine/src/absent.hpp`.\n"),
    ("document-path", "docs/planted.md", "See `CMakePresets.json`.\n"),
    ("document-link", "docs/planted.md", "See [this](absent.md).\n"),
    ("document-command", "docs/planted.md", "```sh\nbash bench/absent --fast\n```\n"),
    ("document-command", "docs/planted.md", "```console\n$ A=1 bash absent.sh\n```\n"),
    ("first-commands", "README.md", _README.replace("bash tests/run", "cmake .")),
    ("first-commands", "README.md", _README.replace("bash daemon/run\n", "make\nbash daemon/run\n")),
]
