#include "model/history.hpp"

#include <algorithm>

namespace janji::model {

Finding check_order(std::vector<GrantedCall> calls) {
  std::vector<GrantedCall> by_return = calls;
  std::sort(calls.begin(), calls.end(),
            [](const auto& a, const auto& b) { return a.called_ns < b.called_ns; });
  std::sort(by_return.begin(), by_return.end(),
            [](const auto& a, const auto& b) { return a.returned_ns < b.returned_ns; });
  Lsn greatest;  // of those that returned before this one was called
  std::size_t returned = 0;
  for (const GrantedCall& call : calls) {
    for (; returned < by_return.size() && by_return[returned].returned_ns < call.called_ns;
         ++returned) {
      greatest = std::max(greatest, by_return[returned].lsn);
    }
    if (call.lsn <= greatest) {
      return Violation{
          call.lsn, Promise::order,
          "it was called after LSN " + std::to_string(greatest.value) + " had returned"};
    }
  }
  std::sort(calls.begin(), calls.end(), [](const auto& a, const auto& b) { return a.lsn < b.lsn; });
  for (std::size_t i = 1; i < calls.size(); ++i) {
    if (calls[i].lsn == calls[i - 1].lsn) {
      return Violation{calls[i].lsn, Promise::order, "it was given to two calls"};
    }
  }
  return {};
}

}  // namespace janji::model
