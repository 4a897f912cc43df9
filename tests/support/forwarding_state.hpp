// A state that passes everything on: for tests that change one thing of it.
#pragma once

#include "store/state_store.hpp"

namespace janji::test {

class ForwardingState : public store::StateStore {
 public:
  explicit ForwardingState(store::StateStore& inner) : inner_(inner) {}

  Status begin() override { return inner_.begin(); }
  Result<std::optional<Bytes>> get(store::StateTable table, std::uint64_t key) override {
    return inner_.get(table, key);
  }
  Status put(store::StateTable table, std::uint64_t key, Bytes value) override {
    return inner_.put(table, key, value);
  }
  Status erase(store::StateTable table, std::uint64_t key) override {
    return inner_.erase(table, key);
  }
  Status commit() override { return inner_.commit(); }
  void abort() noexcept override { inner_.abort(); }
  Status compact() override { return inner_.compact(); }
  Result<std::optional<std::vector<std::byte>>> read(store::StateTable table,
                                                     std::uint64_t key) const override {
    return inner_.read(table, key);
  }
  Status scan(store::StateTable table, std::uint64_t from, const RowVisitor& visit) const override {
    return inner_.scan(table, from, visit);
  }
  Status scan_all(const TableVisitor& visit) const override { return inner_.scan_all(visit); }
  std::string name() const override { return inner_.name(); }
  Result<std::size_t> free_bytes() const override { return inner_.free_bytes(); }

 protected:
  store::StateStore& inner_;
};

}  // namespace janji::test
