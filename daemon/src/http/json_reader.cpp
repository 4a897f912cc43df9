#include "http/json_reader.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace janjid {

JsonReader::JsonReader(const JsonDocument& document, const JsonNode& object, std::string pointer,
                       FieldErrors& errors)
    : document_(&document),
      object_(&object),
      is_object_(object.kind == JsonKind::object),
      pointer_(std::move(pointer)),
      errors_(&errors) {
  if (!is_object_) errors_->body(pointer_, Fault::not_object);
}

std::optional<std::string_view> JsonReader::string(std::string_view name, Need need) {
  const JsonNode* node = take(name, need, JsonKind::string, Fault::not_string);
  return node == nullptr ? std::nullopt : std::optional{node->text};
}

std::optional<std::int64_t> JsonReader::integer(std::string_view name, Need need) {
  const JsonNode* node = take(name, need, JsonKind::integer, Fault::not_integer);
  return node == nullptr ? std::nullopt : std::optional{node->integer};
}

std::optional<bool> JsonReader::boolean(std::string_view name, Need need) {
  const JsonNode* node = take(name, need, JsonKind::boolean, Fault::not_boolean);
  return node == nullptr ? std::nullopt : std::optional{node->integer != 0};
}

std::optional<JsonReader> JsonReader::object(std::string_view name, Need need) {
  const JsonNode* node = take(name, need, JsonKind::object, Fault::not_object);
  if (node == nullptr) return std::nullopt;
  return JsonReader{*document_, *node, pointer_to(name), *errors_};
}

std::vector<JsonReader> JsonReader::objects(std::string_view name, Need need, std::size_t least,
                                            std::size_t most) {
  std::vector<JsonReader> all;
  const JsonNode* node = take(name, need, JsonKind::array, Fault::not_array);
  if (node == nullptr) return all;
  const std::size_t size = size_of(*node);
  if (size < least || size > most) {
    report(name, Fault::bad_length, std::to_string(least) + "-" + std::to_string(most));
    return all;
  }
  all.reserve(size);
  const std::string pointer = pointer_to(name) + '/';
  for (auto* at = document_->first_child(*node); at != nullptr; at = document_->next(*at)) {
    all.push_back(JsonReader{*document_, *at, pointer + std::to_string(all.size()), *errors_});
  }
  return all;
}

std::string JsonReader::pointer_to(std::string_view name) const {
  return pointer_ + '/' + pointer_token(name);
}

void JsonReader::report(std::string_view name, Fault fault, std::string_view note) {
  errors_->body(pointer_to(name), fault, note);
}

void JsonReader::finish() {
  if (!is_object_) return;
  for (auto* node = document_->first_child(*object_); node; node = document_->next(*node)) {
    if (node->duplicate) {
      report(node->key, Fault::duplicate);
    } else if (std::find(known_.begin(), known_.end(), node->key) == known_.end()) {
      report(node->key, Fault::unknown);
    }
  }
}

std::size_t JsonReader::size_of(const JsonNode& node) const noexcept {
  std::size_t size = 0;
  for (auto* at = document_->first_child(node); at != nullptr; at = document_->next(*at)) ++size;
  return size;
}

const JsonNode* JsonReader::find(std::string_view name) const noexcept {
  if (!is_object_) return nullptr;
  for (auto* node = document_->first_child(*object_); node; node = document_->next(*node)) {
    if (node->key == name) return node;
  }
  return nullptr;
}

const JsonNode* JsonReader::take(std::string_view name, Need need, JsonKind kind, Fault if_not) {
  known_.push_back(name);
  const JsonNode* node = find(name);
  if (node == nullptr) {
    if (need == Need::required && is_object_) report(name, Fault::missing);
    return nullptr;
  }
  if (node->kind == kind) return node;
  report(name, if_not);
  return nullptr;
}

}  // namespace janjid
