// Reads the members of a JSON object that a request must or may have, and notes all that is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/field_error.hpp"
#include "http/json_document.hpp"

namespace janjid {

// One object of a document, at a place named by a JSON pointer. Ask for every member that is
// known, then finish(): whatever wasn't asked for is reported as unknown.
//
// A function that returns nothing has either reported why, or the member is optional and absent.
class JsonReader {
 public:
  enum class Need : std::uint8_t { required, optional };

  // `object` may be of any kind: what isn't an object is reported, and then has no members.
  JsonReader(const JsonDocument& document, const JsonNode& object, std::string pointer,
             FieldErrors& errors);

  std::optional<std::string_view> string(std::string_view name, Need need);
  std::optional<std::int64_t> integer(std::string_view name, Need need);
  std::optional<bool> boolean(std::string_view name, Need need);
  // The object's own reader finishes itself by its finish().
  std::optional<JsonReader> object(std::string_view name, Need need);
  // One reader for each element of an array of objects, in their order; each is to be finished. An
  // array shorter than `least` or longer than `most` is reported, and then has no elements.
  std::vector<JsonReader> objects(std::string_view name, Need need, std::size_t least,
                                  std::size_t most);

  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  bool is_object() const noexcept { return is_object_; }
  std::string pointer_to(std::string_view name) const;
  void report(std::string_view name, Fault fault, std::string_view note = {});

  void finish();

 private:
  const JsonNode* find(std::string_view name) const noexcept;
  // Marks the name as known; the member if it is there and of the kind, else reports.
  const JsonNode* take(std::string_view name, Need need, JsonKind kind, Fault if_not);

  // Its members, or its elements.
  std::size_t size_of(const JsonNode& node) const noexcept;

  const JsonDocument* document_;
  const JsonNode* object_;
  bool is_object_;
  std::string pointer_;
  FieldErrors* errors_;
  std::vector<std::string_view> known_;
};

}  // namespace janjid
