#include "api/progress_body.hpp"

namespace janjid {

janji::ProgressId read_progress(JsonReader& body, std::string_view name, JsonReader::Need need,
                                const janji::Catalogue& catalogue) {
  const auto text = body.string(name, need);
  if (!text) return {};
  const janji::ProgressId stage = janji::progress_id(*text);
  if (catalogue.progress_name(stage) == *text && !text->empty()) return stage;
  body.report(name, Fault::bad_choice, "a stage of the service's progress in the catalogue");
  return {};
}

}  // namespace janjid
