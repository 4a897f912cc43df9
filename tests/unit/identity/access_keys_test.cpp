#include "identity/access_keys.hpp"

#include <sys/stat.h>

#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "identity/access_watch.hpp"
#include "support/scratch_directory.hpp"

namespace {

using namespace janjid;
namespace fs = std::filesystem;

constexpr janji::CivilTime kNow{1'795'478'400'000};
constexpr std::uint8_t kRead = static_cast<std::uint8_t>(Scope::staff_read);
constexpr std::uint8_t kApprove = static_cast<std::uint8_t>(Scope::approve);

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
  REQUIRE(chmod(file.c_str(), 0600) == 0);
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("a key is found by its token, and by nothing else") {
  AccessKeys keys;
  std::set<std::string> tokens;
  for (int i = 0; i < 20; ++i) {
    const auto token = keys.add("counter", kRead, i % 2 == 0 ? "" : "kajang", kNow);
    REQUIRE(token.ok());
    tokens.insert(*token);
    const AccessKey* key = keys.find(*token);
    REQUIRE(key != nullptr);
    CHECK(key->number == static_cast<std::uint32_t>(i + 1));
    CHECK(key->may(Scope::staff_read));
    CHECK_FALSE(key->may(Scope::staff_checkin));
    CHECK_FALSE(key->may(Scope::approve));
    CHECK(key->branch == (i % 2 == 0 ? "" : "kajang"));
  }
  CHECK(tokens.size() == 20);
  const std::string good = *tokens.begin();
  for (const std::string& bad :
       {std::string(), std::string("jk_"), std::string("jk_1_"),
        std::string("jk__") + good.substr(5), good + "x", good.substr(0, good.size() - 1),
        "x" + good, "jk_99" + good.substr(good.rfind('_')),
        "jk_4294967296" + good.substr(good.rfind('_')),
        std::string("jk_-1") + good.substr(good.rfind('_'))}) {
    INFO(bad);
    CHECK(keys.find(bad) == nullptr);
  }
  // Another key's secret under one's own number.
  const std::string other = *std::next(tokens.begin());
  CHECK(keys.find(good.substr(0, good.find('_', 3)) + other.substr(other.find('_', 3))) == nullptr);
}

TEST_CASE("keys outlast the file, revoked ones too, and no number is given twice") {
  const janji::test::ScratchDirectory directory;
  const fs::path file = directory.path() / AccessKeys::kFileName;
  CHECK(AccessKeys::load(file)->all().empty());
  AccessKeys keys;
  const std::string first = *keys.add("portal.one", kApprove, "", kNow);
  const std::string second = *keys.add("hall_2", kRead, "kajang", kNow);
  REQUIRE(keys.revoke(2, janji::CivilTime{kNow.value + 1}).ok());
  REQUIRE(keys.save(file).ok());
  struct stat found {};
  REQUIRE(stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  auto loaded = AccessKeys::load(file);
  REQUIRE(loaded.ok());
  REQUIRE(loaded->all().size() == 2);
  REQUIRE(loaded->find(first) != nullptr);
  CHECK(loaded->find(first)->name == "portal.one");
  CHECK(loaded->find(first)->created_at == kNow);
  CHECK(loaded->find(second) == nullptr);
  CHECK(loaded->revoke(2, kNow).code() == janji::Code::invalid_argument);
  CHECK(loaded->revoke(3, kNow).code() == janji::Code::invalid_argument);
  CHECK(loaded->add("third", kRead, "", kNow)->substr(0, 5) == "jk_3_");
  // The secret is stored nowhere.
  const std::string text = read(file);
  CHECK(text.find(first.substr(5)) == std::string::npos);
}

TEST_CASE("what a key is made of has bounds") {
  AccessKeys keys;
  for (const std::string& name : {std::string(), std::string(65, 'a'), std::string("a,b"),
                                  std::string("a\nb"), std::string("a b")}) {
    const auto refused = keys.add(name, kRead, "", kNow);
    REQUIRE(refused.code() == janji::Code::invalid_argument);
    CHECK(refused.error().detail.starts_with("name"));
  }
  CHECK(keys.add("a", kRead, "x,y", kNow).error().detail.starts_with("branch"));
  CHECK(*parse_scopes("staff:read;approve") == (kRead | kApprove));
  CHECK(parse_scopes("staff:read;staff:write").error().detail ==
        "scope \"staff:write\": there are staff:read;staff:checkin;approve;staff:calendar;feed;"
        "backup;staff:token;staff:block;staff:entitlement;staff:erase;catalogue");
  CHECK(parse_scopes("").code() == janji::Code::invalid_argument);
  for (std::size_t i = 0; i < AccessKeys::kKeysMax; ++i)
    REQUIRE(keys.add("a", kRead, "", kNow).ok());
  CHECK(keys.add("a", kRead, "", kNow).code() == janji::Code::limit_reached);
}

TEST_CASE("a damaged file is refused, with its line") {
  const janji::test::ScratchDirectory directory;
  const fs::path file = directory.path() / AccessKeys::kFileName;
  AccessKeys keys;
  (void)keys.add("one", kRead, "", kNow);
  (void)keys.add("two", kRead, "kajang", kNow);
  REQUIRE(keys.save(file).ok());
  const std::string good = read(file);
  const auto words = [&](const std::string& text) {
    write(file, text);
    const auto loaded = AccessKeys::load(file);
    REQUIRE(loaded.code() == janji::Code::damaged);
    return loaded.error().detail;
  };
  const auto starts = [&](const std::string& text, int line) {
    return words(text).starts_with(file.string() + ":" + std::to_string(line) + ": ");
  };
  CHECK(starts("", 1));
  CHECK(starts("number,name\n", 1));
  CHECK(starts(good.substr(0, good.size() - 1), 3));
  CHECK(starts(good + good.substr(good.find('\n') + 1), 4));
  CHECK(starts(good + "\n", 4));
  for (const auto& [from, to] :
       {std::pair{"one,", "o ne,"}, std::pair{"1,one", "0,one"}, std::pair{"1,one", "x,one"},
        std::pair{"1,one", "1,one,"}, std::pair{"staff:read,,", "staff:reed,,"}}) {
    std::string text = good;
    text.replace(text.find(from), std::string(from).size(), to);
    INFO(from << " -> " << to);
    CHECK(starts(text, 2));
  }
  write(file, good);
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  CHECK(AccessKeys::load(file).code() == janji::Code::io_error);
}

TEST_CASE(
    "a key that is made or revoked counts within a moment, and a damaged file lets nobody in") {
  const janji::test::ScratchDirectory directory;
  const fs::path file = directory.path() / AccessKeys::kFileName;
  AccessWatch watch(file);
  AccessKeys keys;
  std::int64_t now = 1000;
  const auto later = [&] { return now += AccessWatch::kCheckMs; };
  CHECK(watch.keys(now)->all().empty());
  const std::string token = *keys.add("one", kRead, "", kNow);
  REQUIRE(keys.save(file).ok());
  CHECK(watch.keys(now + AccessWatch::kCheckMs - 1)->find(token) == nullptr);  // not looked yet
  CHECK(watch.keys(later())->find(token) != nullptr);
  const std::string good = read(file);
  write(file, good + "rubbish\n");
  CHECK(watch.keys(later())->find(token) == nullptr);
  CHECK(watch.problem().find(":3: not a key") != std::string::npos);
  REQUIRE(keys.save(file).ok());
  CHECK(watch.keys(later())->find(token) != nullptr);
  CHECK(watch.problem().empty());
  REQUIRE(keys.revoke(1, kNow).ok());
  REQUIRE(keys.save(file).ok());
  CHECK(watch.keys(later())->find(token) == nullptr);
  // What kept it from being read ends without a trace in the file: it is looked at again.
  const std::string other = *keys.add("two", kRead, "", kNow);
  REQUIRE(keys.save(file).ok());
  fs::permissions(file, fs::perms{0644});
  CHECK(watch.keys(later())->find(other) == nullptr);
  CHECK_FALSE(watch.problem().empty());
  fs::permissions(file, fs::perms{0600});
  CHECK(watch.keys(later())->find(other) != nullptr);
  CHECK(watch.problem().empty());
  fs::remove(file);
  CHECK(watch.keys(later())->all().empty());
  CHECK(AccessWatch{fs::path{}}.keys(now)->all().empty());
}

}  // namespace
