#include "checker/site.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>

namespace janji::interleavings {

namespace {

// What is known of a place once it was met. Found by its address-like parts, since text is slow.
struct Known {
  Place place{};
  std::string name;
  bool planted{false};
};

constexpr std::size_t kTable = 4096;  // a power of two, far above the number of accesses
std::vector<Known> table(kTable);
const Plant* plant_in_force = nullptr;
bool met = false;

const char* method_of(Access access) {
  switch (access) {
    case Access::load: return "load";
    case Access::store: return "store";
    case Access::exchange: return "exchange";
    case Access::compare:
    case Access::compare_failed: return "compare_exchange";
    case Access::add: return "fetch_add";
    case Access::subtract: return "fetch_sub";
    case Access::bit_and: return "fetch_and";
    case Access::bit_or: return "fetch_or";
  }
  return "?";
}

bool is_like(std::string_view name, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return name == pattern;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  const std::string_view behind = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at) {
    if (is_like(name.substr(at), behind)) return true;
  }
  return false;
}

const std::vector<std::string>& lines_of(const std::string& file) {
  static std::map<std::string, std::vector<std::string>> read;
  const auto [at, is_new] = read.try_emplace(file);
  if (!is_new) return at->second;
  std::ifstream in(file);
  if (!in) throw std::runtime_error("sources are read for the names of sites: no " + file);
  for (std::string line; std::getline(in, line);) at->second.push_back(line);
  return at->second;
}

// "janji::ledger::Ledger::Attempt janji::ledger::Ledger::take_at(...)" -> "Ledger::take_at".
std::string short_function(std::string_view whole) {
  whole = whole.substr(0, whole.find(" [with "));
  const bool in_lambda = whole.find("<lambda") != std::string_view::npos;
  whole = whole.substr(0, whole.find('('));
  if (const auto space = whole.rfind(' '); space != std::string_view::npos) {
    whole.remove_prefix(space + 1);
  }
  int colons = 0;
  std::size_t at = whole.size();
  while (at > 0) {
    if (whole[at - 1] == ':' && ++colons == 3) break;
    --at;
  }
  return std::string(whole.substr(at)) + (in_lambda ? " (lambda)" : "");
}

// What the source accesses: the expression before ".load(" on the line, or on the one before.
std::string object_at(const Place& place) {
  const std::vector<std::string>& lines = lines_of(place.file);
  const std::string call = std::string(".") + method_of(place.access);
  std::string text;
  for (std::uint32_t back = 0; back < 4 && back < place.line; ++back) {
    text = lines.at(place.line - 1 - back) + text;
    const std::size_t dot = text.find(call);
    if (dot == std::string::npos) continue;
    std::string object;
    int depth = 0;
    for (std::size_t i = dot; i-- > 0;) {
      const char c = text[i];
      if (c == ')' || c == ']') ++depth;
      if ((c == '(' || c == '[') && --depth < 0) break;
      const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
                        c == ')' || c == '(' || c == ']' || c == '[';
      if (depth == 0 && !word) {
        if (c == ' ' && object.empty()) continue;
        break;
      }
      object.insert(object.begin(), c);
    }
    if (!object.empty()) return object;
  }
  throw std::runtime_error("no " + call + " near " + place.file + ":" + std::to_string(place.line));
}

Known& known(const Place& place) {
  const std::size_t hash = (reinterpret_cast<std::size_t>(place.function) >> 3) * 31 +
                           place.line * 131U + static_cast<std::size_t>(place.access) * 7 +
                           static_cast<std::size_t>(place.order);
  for (std::size_t i = 0; i < kTable; ++i) {
    Known& at = table[(hash + i) & (kTable - 1)];
    if (at.place.function == nullptr) {
      at.place = place;
      at.name = name_of(place);
      at.planted = plant_in_force != nullptr && is_like(at.name, plant_in_force->site);
      return at;
    }
    if (at.place.function == place.function && at.place.line == place.line &&
        at.place.access == place.access && at.place.order == place.order) {
      return at;
    }
  }
  throw std::length_error("more atomic accesses than the table of sites holds");
}

}  // namespace

const char* name_of(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed: return "relaxed";
    case std::memory_order_consume:
    case std::memory_order_acquire: return "acquire";
    case std::memory_order_release: return "release";
    case std::memory_order_acq_rel: return "acq_rel";
    case std::memory_order_seq_cst: return "seq_cst";
  }
  return "?";
}

std::uint64_t modified(Access access, std::uint64_t before, std::uint64_t operand) {
  switch (access) {
    case Access::add: return before + operand;
    case Access::subtract: return before - operand;
    case Access::bit_and: return before & operand;
    case Access::bit_or: return before | operand;
    default: return operand;
  }
}

std::string name_of(const Place& place) {
  return short_function(place.function) + ": " + object_at(place) + "." + method_of(place.access) +
         (place.access == Access::compare_failed ? " failed " : " ") + name_of(place.order);
}

std::vector<std::string> sites_met(const std::string& part) {
  std::vector<std::string> names;
  for (const Known& at : table) {
    if (at.place.function == nullptr) continue;
    if (std::string_view(at.place.file).find(part) != std::string_view::npos) {
      names.push_back(at.name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

void forget_sites() {
  table.assign(kTable, Known{});
}

std::vector<std::memory_order> weaker_than(const std::string& site) {
  const std::string order = site.substr(site.rfind(' ') + 1);
  const bool load =
      site.find(".load ") != std::string::npos || site.find(" failed ") != std::string::npos;
  const bool store = site.find(".store ") != std::string::npos;
  if (order == "acq_rel") return {std::memory_order_acquire, std::memory_order_release};
  if (order == "acquire" || order == "release") return {std::memory_order_relaxed};
  if (order != "seq_cst") return {};
  if (load) return {std::memory_order_acquire};
  if (store) return {std::memory_order_release};
  return {std::memory_order_acq_rel};
}

Effect effect_at(const Place& place) {
  const Known& at = known(place);
  if (!at.planted) return {place.order};
  met = true;
  return {plant_in_force->order.value_or(place.order),
          plant_in_force->value ? plant_in_force : nullptr};
}

void plant(const Plant* plant) {
  if (plant != nullptr) met = false;
  plant_in_force = plant;
  for (Known& at : table) {
    at.planted = plant != nullptr && at.place.function != nullptr && is_like(at.name, plant->site);
  }
}

bool plant_was_met() {
  return met;
}

}  // namespace janji::interleavings
