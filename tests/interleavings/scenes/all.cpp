#include "scenes/scenes.hpp"

namespace janji::interleavings {

const std::vector<NamedScene>& all_scenes() {
  static const std::vector<NamedScene> scenes{
      {"published_records", published_records},
      {"rounds_asked_for", rounds_asked_for},
      {"writer_fails", writer_fails},
      {"places_handed_around", places_handed_around},
      {"backlog_asked", backlog_asked},
      {"backlog_grows", backlog_grows},
      {"backlog_stopped", backlog_stopped},
      {"backlog_abandoned", backlog_abandoned},
      {"one_key_twice", one_key_twice},
      {"one_key_twice_beside_removals", one_key_twice_beside_removals},
      {"one_key_twice_round_a_corner", one_key_twice_round_a_corner},
      {"key_comes_back", key_comes_back},
      {"day_opened", day_opened},
      {"day_forgotten", day_forgotten},
      {"last_seats", last_seats},
      {"seat_comes_back", seat_comes_back},
      {"request_sent_twice", request_sent_twice},
      {"one_booking_changed", one_booking_changed},
      {"place_used_again", place_used_again},
      {"booking_replaced", booking_replaced},
      {"hold_falls_due", hold_falls_due},
      {"hold_met_early", hold_met_early},
      {"booking_moves", booking_moves},
      {"booking_moved_twice", booking_moved_twice},
      {"slot_changed_twice", slot_changed_twice},
      {"slot_closed", slot_closed},
      {"rules_exchanged", rules_exchanged},
      {"applicant_blocked", applicant_blocked},
      {"applicant_blocked_again", applicant_blocked_again},
      {"block_forgotten", block_forgotten},
      {"seat_handed_over", seat_handed_over},
      {"turn_beside_claim", turn_beside_claim},
      {"seats_undone", seats_undone},
      {"joined_twice", joined_twice},
      {"joined_late", joined_late},
      {"day_handed_over", day_handed_over},
      {"day_joined", day_joined},
      {"seat_falls_back", seat_falls_back},
      {"door_beside_fall_back", door_beside_fall_back},
      {"seat_comes", seat_comes},
      {"hold_extended", hold_extended},
      {"visit_over", visit_over},
      {"one_id_for_three", one_id_for_three},
      {"details_handed_round", details_handed_round},
      {"details_erased", details_erased},
      {"row_serves_another_day", row_serves_another_day},
      {"day_replaced", day_replaced},
      {"seat_moves_behind_a_scan", seat_moves_behind_a_scan},
  };
  return scenes;
}

}  // namespace janji::interleavings
