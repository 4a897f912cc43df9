#include "api/catalogue_desk.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace janjid {
namespace {

using Step = CatalogueState::Step;

constexpr std::size_t kIssuesTold = 10;
constexpr std::string_view kSignal = "SIGHUP";

CatalogueState refuse(ProblemCode code, std::string detail) {
  return refused_order<CatalogueState>(code, std::move(detail));
}

ProblemCode code_of(janji::Code code) noexcept {
  switch (code) {
    case janji::Code::invalid_argument:
    case janji::Code::io_error: return ProblemCode::catalogue_invalid;
    case janji::Code::operation_mismatch: return ProblemCode::catalogue_changed;
    default: return problem_of(code);
  }
}

// What is wrong with the files, as much as anybody reads.
std::string told(const std::vector<janji::CatalogueIssue>& issues, const janji::Error& error) {
  std::string words;
  std::size_t many = 0;
  for (const janji::CatalogueIssue& issue : issues) {
    if (issue.warning || ++many > kIssuesTold) continue;
    words += (words.empty() ? "" : "; ") + janji::to_string(issue);
  }
  if (many == 0) return error.detail;
  if (many > kIssuesTold) words += fmt::format("; and {} more", many - kIssuesTold);
  return words;
}

// Of all that a catalogue is read from; a file that isn't there counts as empty.
std::uint64_t hash_of_files(const std::filesystem::path& directory) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, crypto_generichash_BYTES);
  for (const std::string_view name : janji::catalogue_files()) {
    std::ifstream in(directory / name, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const std::string head = fmt::format("{} {}\n", name, text.size());
    for (const std::string& part : {head, text}) {
      crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                part.size());
    }
  }
  std::array<unsigned char, crypto_generichash_BYTES> hash{};
  crypto_generichash_final(&state, hash.data(), hash.size());
  std::uint64_t first = 0;
  std::memcpy(&first, hash.data(), sizeof first);
  return first;
}

// What both come to, never 0.
std::uint64_t digest_of(std::uint64_t files, std::uint64_t engines) noexcept {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const std::uint64_t both = (files ^ engines) * kOdd;
  return both == 0 ? 1 : both;
}

}  // namespace

std::string digest_text(std::uint64_t digest) {
  return fmt::format("{:016x}", digest);
}

std::uint64_t parse_digest(std::string_view text) noexcept {
  constexpr std::size_t kDigits = 16;
  std::uint64_t digest = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), digest, kDigits);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  return text.size() == kDigits && whole ? digest : 0;
}

void CatalogueDesk::read_anew() {
  CatalogueOrder order;
  order.dry_run = false;
  order.idempotency_key =
      fmt::format("{} {}", kSignal, signals_.fetch_add(1, std::memory_order_relaxed) + 1);
  const CatalogueState begun = ask(order);
  if (begun.step == Step::refused) spdlog::warn("catalogue: {}; try again", begun.detail);
}

CatalogueState CatalogueDesk::run(const CatalogueOrder& order) {
  CatalogueState state;
  try {
    state = make(order);
  } catch (const std::exception& error) {
    state = refuse(ProblemCode::internal_error, error.what());
  }
  if (state.step == Step::refused) {
    spdlog::error("catalogue: {}: {}", entry_of(state.code).name, state.detail);
  } else {
    spdlog::info("catalogue {} {}: {} lanes with other rules, {} days, {} bookings displaced, {}",
                 digest_text(state.preview.digest), order.dry_run ? "looked at" : "in use",
                 state.preview.lanes, state.preview.days.size(), state.preview.displaced(),
                 order.actor == 0 ? std::string(kSignal)
                                  : fmt::format("asked for by access key {}", order.actor));
  }
  return state;
}

CatalogueState CatalogueDesk::make(const CatalogueOrder& order) {
  const std::uint64_t files = hash_of_files(directory_);
  std::vector<janji::CatalogueIssue> issues;
  const auto loaded = janji::Catalogue::load(directory_, &issues);
  if (!loaded) return refuse(ProblemCode::catalogue_invalid, told(issues, loaded.error()));
  if (hash_of_files(directory_) != files) {
    return refuse(ProblemCode::retry, "the files were edited while they were read");
  }
  auto preview = engine_.preview_catalogue(*loaded);
  if (!preview) return refuse(code_of(preview.error().code), preview.error().detail);
  CatalogueState state;
  state.step = Step::done;
  state.preview = std::move(*preview);
  const std::uint64_t engines = state.preview.digest;
  state.preview.digest = digest_of(files, engines);
  for (const janji::CatalogueIssue& issue : issues) {
    if (state.warnings.size() < kIssuesTold) state.warnings.push_back(janji::to_string(issue));
  }
  if (order.dry_run) return state;
  if (order.digest != 0 && order.digest != state.preview.digest) {
    // Done before, by whoever lost the answer.
    if (order.digest == done_ && files == done_files_) return state;
    return refuse(ProblemCode::catalogue_changed, {});
  }
  if (order.digest == 0 && state.preview.displaced() != 0) {
    return refuse(
        ProblemCode::catalogue_changed,
        fmt::format("{} bookings would be displaced, so nothing was done: look at it by "
                    "POST /v1/admin/catalogue/reload {{\"dry_run\": true}}, then ask for it "
                    "with its digest",
                    state.preview.displaced()));
  }
  const janji::Status done =
      engine_.change_catalogue({*loaded, engines, janji::ActorId{order.actor}});
  if (!done.ok()) return refuse(code_of(done.code()), done.error().detail);
  done_ = state.preview.digest;
  done_files_ = files;
  return state;
}

}  // namespace janjid
