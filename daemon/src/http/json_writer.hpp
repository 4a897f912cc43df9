// Writes JSON straight into a string, which is the answer's body: no tree in between.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace janjid {

// Appends `text` with the escapes that JSON wants, without the quotes around it. `text` is UTF-8.
void append_escaped(std::string& out, std::string_view text);

// Commas are its own affair; that braces match and names come before values is the caller's.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }

  // `name` must need no escapes: names are ours.
  JsonWriter& name(std::string_view name) {
    comma();
    out_.append(1, '"').append(name).append("\":");
    first_ = true;
    return *this;
  }
  // For a name that someone else chose.
  JsonWriter& escaped_name(std::string_view name) {
    string(name);
    out_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    comma();
    out_ += '"';
    append_escaped(out_, text);
    out_ += '"';
    return *this;
  }
  // A string that needs no escapes, put together by the caller in `append(out)`.
  template <std::invocable<std::string&> Append>
  JsonWriter& plain(Append append) {
    comma();
    out_ += '"';
    append(out_);
    out_ += '"';
    return *this;
  }
  template <std::integral T>
  JsonWriter& number(T value) {
    comma();
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return *this;
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  // Text that is JSON already.
  JsonWriter& raw(std::string_view json) {
    comma();
    out_.append(json);
    return *this;
  }

 private:
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  JsonWriter& open(char brace) {
    comma();
    out_ += brace;
    first_ = true;
    return *this;
  }
  JsonWriter& close(char brace) {
    out_ += brace;
    first_ = false;
    return *this;
  }

  std::string& out_;
  bool first_{true};  // no comma before what comes next
};

}  // namespace janjid
