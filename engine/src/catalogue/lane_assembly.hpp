// From what the files say to the lanes of a catalogue.
#pragma once

#include <vector>

#include <janji/catalogue_builder.hpp>

#include "catalogue/holiday_list.hpp"
#include "catalogue/issue_log.hpp"
#include "catalogue/offers.hpp"
#include "catalogue/offices.hpp"
#include "catalogue/opening_hours.hpp"
#include "catalogue/schedule.hpp"
#include "catalogue/service_list.hpp"

namespace janji::catalogue {

struct CatalogueFiles {
  Offices offices;
  ServiceList services;
  OpeningHours hours;
  std::vector<HolidayRow> holidays;
  std::vector<Offer> offers;
  Schedule schedule;
};

// Fills the builder; logs what only shows when the files are seen together: an office without
// hours, a service without capacity, shares of pools above the whole.
void assemble(const CatalogueFiles& files, CatalogueBuilder& builder, IssueLog& log);

// Seats of a slot so that the longest day has about `volume` of them: volume ÷ slots to the
// nearest whole number, halves to the even one, at least 1. `slots` is above 0.
std::int64_t seats_per_slot(std::int64_t volume, std::int64_t percent, std::int64_t slots);

}  // namespace janji::catalogue
