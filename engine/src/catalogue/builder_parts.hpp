// What a CatalogueBuilder has collected, and the steps that make a catalogue of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <janji/catalogue_builder.hpp>

#include "catalogue/catalogue_data.hpp"

namespace janji {

struct CatalogueBuilder::Parts {
  std::vector<Branch> branches;
  std::vector<Service> services;
  std::vector<OpeningWeek> weeks;
  std::vector<Lane> lanes;
  std::map<std::string, std::map<Day, std::string>> holidays;  // by state code

  // Each step needs the ones before it. None is left half done: on an error all is dropped.
  Status check_branches() const;
  Status check_services() const;
  Status check_weeks() const;
  Status check_lanes() const;
  Status place_branches(CatalogueData& data);
  Status place_lanes(CatalogueData& data);
  Status plan_lanes(CatalogueData& data) const;
  void place_holidays(CatalogueData& data);
};

}  // namespace janji
