#include "http/field_error.hpp"

namespace janjid {
namespace {

struct FaultEntry {
  Fault fault;
  std::string_view code;
  Text detail;  // a note, if there is one, follows
};

// clang-format off
constexpr FaultEntry kFaults[] = {
  {Fault::malformed_json, "malformed_json",
   {"Bukan JSON yang sah", "Not valid JSON", "Bukan JSON yang sah"}},
  {Fault::unknown, "unknown_member",
   {"Tidak dikenali di sini", "Not known here", "Tidak dikenal di sini"}},
  {Fault::missing, "missing",
   {"Wajib ada", "Required", "Wajib ada"}},
  {Fault::duplicate, "duplicate",
   {"Muncul lebih daripada sekali", "Stands there more than once", "Muncul lebih dari sekali"}},
  {Fault::not_string, "not_a_string",
   {"Mesti rentetan", "Must be a string", "Harus berupa string"}},
  {Fault::not_integer, "not_an_integer",
   {"Mesti nombor bulat", "Must be an integer", "Harus berupa bilangan bulat"}},
  {Fault::not_object, "not_an_object",
   {"Mesti objek", "Must be an object", "Harus berupa objek"}},
  {Fault::not_boolean, "not_a_boolean",
   {"Mesti true atau false", "Must be true or false", "Harus true atau false"}},
  {Fault::not_array, "not_an_array",
   {"Mesti tatasusunan", "Must be an array", "Harus berupa larik"}},
  {Fault::bad_length, "bad_length",
   {"Panjang tidak dibenarkan", "Of a length that isn't allowed", "Panjangnya tidak diizinkan"}},
  {Fault::bad_choice, "bad_choice",
   {"Bukan salah satu nilai yang dibenarkan", "Not one of the values that are allowed", "Bukan salah satu nilai yang diizinkan"}},
  {Fault::bad_format, "bad_format",
   {"Format tidak sah", "Malformed", "Format tidak sah"}},
  {Fault::not_together, "not_together",
   {"Tidak boleh bersama", "Can't stand together with", "Tidak boleh bersama"}},
  {Fault::bad_span, "bad_span",
   {"Tempoh tidak dibenarkan", "A span that isn't allowed", "Rentang tidak diizinkan"}},
};
// clang-format on

constexpr bool in_order() {
  std::size_t place = 0;
  for (const FaultEntry& entry : kFaults) {
    if (static_cast<std::size_t>(entry.fault) != place++) return false;
  }
  return place == static_cast<std::size_t>(Fault::bad_span) + 1;
}
static_assert(in_order());

std::string_view member_for(Place place) noexcept {
  switch (place) {
    case Place::query: return "parameter";
    case Place::header: return "header";
    case Place::body: break;
  }
  return "pointer";
}

}  // namespace

void FieldErrors::add(Place place, std::string_view where, Fault fault, std::string_view note) {
  if (errors_.size() == kMax) return;
  errors_.push_back({place, std::string{where}, fault, std::string{note}});
}

void FieldErrors::write(JsonWriter& json, Language language) const {
  json.begin_array();
  for (const FieldError& error : errors_) {
    const FaultEntry& entry = kFaults[static_cast<std::size_t>(error.fault)];
    std::string detail{entry.detail.in(language)};
    if (!error.note.empty()) detail.append(": ").append(error.note);
    json.begin_object();
    json.name(member_for(error.place)).string(error.where);
    json.name("code").string(entry.code);
    json.name("detail").string(detail);
    json.end_object();
  }
  json.end_array();
}

std::string pointer_token(std::string_view name) {
  constexpr std::size_t kShown = 64;
  std::size_t shown = name.size() < kShown ? name.size() : kShown;
  // Never cut a character of UTF-8 in two: step back over continuation bytes.
  while (shown < name.size() && shown > 0 &&
         (static_cast<unsigned char>(name[shown]) & 0xC0) == 0x80)
    --shown;
  std::string token;
  for (const char c : name.substr(0, shown)) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

}  // namespace janjid
