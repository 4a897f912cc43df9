#include "api/catalogue_json.hpp"

#include "http/json_writer.hpp"

namespace janjid {
namespace {

constexpr janji::Category kCategories[] = {janji::Category::citizen, janji::Category::foreigner,
                                           janji::Category::employer};

void write_branch(JsonWriter& json, const janji::Catalogue& catalogue, std::uint32_t index) {
  const janji::Branch& branch = catalogue.branches()[index];
  json.begin_object();
  json.name("id").string(branch.id);
  json.name("name").string(branch.name);
  json.name("kind").string(branch.kind);
  json.name("city").string(branch.city);
  json.name("timezone").string(branch.timezone);
  json.name("services").begin_array();
  for (const std::uint32_t service : catalogue.services_at(index)) {
    json.string(catalogue.services()[service].id);
  }
  json.end_array();
  json.end_object();
}

void write_service(JsonWriter& json, const janji::Service& service) {
  json.begin_object();
  json.name("id").string(service.id);
  json.name("name").begin_object();
  json.name("ms").string(service.name.ms);
  json.name("en").string(service.name.en);
  json.name("id").string(service.name.id);
  json.end_object();
  json.name("categories").begin_array();
  for (const janji::Category category : kCategories) {
    if (service.allows(category)) json.string(janji::to_string(category));
  }
  json.end_array();
  json.name("hold_seconds").number(service.rules.hold_ms / 1000);
  json.name("horizon_days").number(service.rules.horizon_days);
  json.name("seats_max").number(service.rules.seats_max);
  json.name("reschedules_max").number(service.rules.reschedules_max);
  json.name("reschedule_cutoff_minutes").number(service.rules.reschedule_cutoff_ms / 60'000);
  json.name("reschedule_elsewhere").boolean(service.rules.reschedule_elsewhere);
  json.name("group_max").number(service.rules.group_max);
  json.name("needs_entitlement").boolean(service.rules.needs_entitlement);
  json.name("extensions_max").number(service.rules.extensions_max);
  json.name("approval_minutes").number(service.rules.approval_ms / 60'000);
  json.name("check_in_minutes").number(service.rules.check_in_ms / 60'000);
  json.name("no_show_minutes").number(service.rules.no_show_ms / 60'000);
  json.name("progress").begin_array();
  for (const std::string& stage : service.progress) json.string(stage);
  json.end_array();
  json.name("required_details").begin_array();
  for (const std::string& name : service.rules.required_details) json.string(name);
  json.end_array();
  json.end_object();
}

}  // namespace

std::string render_catalogue(const janji::Catalogue& catalogue) {
  std::string text;
  JsonWriter json{text};
  json.begin_object();
  json.name("states").begin_array();
  for (const janji::State& state : catalogue.states()) {
    json.begin_object();
    json.name("code").string(state.code);
    json.name("name").string(state.name);
    json.name("branches").begin_array();
    for (const std::uint32_t branch : state.branches) write_branch(json, catalogue, branch);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.name("services").begin_array();
  for (const janji::Service& service : catalogue.services()) write_service(json, service);
  json.end_array();
  json.end_object();
  return text;
}

}  // namespace janjid
