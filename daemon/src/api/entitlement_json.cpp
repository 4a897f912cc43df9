#include "api/entitlement_json.hpp"

#include <fmt/format.h>

#include "api/civil_text.hpp"

namespace janjid {
namespace {

constexpr int kUtc = 0;

}  // namespace

void write_entitlement(JsonWriter& json, const Api& api, const janji::Entitlement& entitlement) {
  const janji::Catalogue& catalogue = api.catalogue();
  const janji::ApplicantKey& holder = entitlement.holder;
  const std::uint32_t left =
      entitlement.quota > entitlement.used ? entitlement.quota - entitlement.used : 0;
  json.begin_object();
  json.name("id").string(api.identity().entitlements.format(entitlement.id).view());
  json.name("holder").string(fmt::format("{:016x}{:016x}", holder.hi, holder.lo));
  json.name("service");
  const bool known = entitlement.service < catalogue.services().size();
  known ? json.string(catalogue.services()[entitlement.service].id) : json.null();
  json.name("quota").number(entitlement.quota);
  json.name("used").number(entitlement.used);
  json.name("spent").number(entitlement.spent);
  json.name("left").number(left);
  json.name("from").plain([&](std::string& out) { append_date(out, entitlement.from); });
  json.name("until").plain([&](std::string& out) { append_date(out, entitlement.until); });
  json.name("listed").boolean(entitlement.listed);
  json.name("eligible").number(entitlement.eligible);
  json.name("since").plain([&](std::string& out) { append_moment(out, entitlement.since, kUtc); });
  if (entitlement.actor.value != 0) json.name("actor").number(entitlement.actor.value);
  json.end_object();
}

}  // namespace janjid
