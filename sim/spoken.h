// The words of one protocol that a scenario is told with.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "model/values.h"
#include "model/vocabulary.h"

namespace coracle::sim {

namespace detail {
template <class P>
struct RequestOf {
  using type = Nothing;
};
template <class P>
requires Value<typename P::Request>
struct RequestOf<P> {
  using type = typename P::Request;
};
}  // namespace detail

template <class P>
using RequestOf = typename detail::RequestOf<P>::type;
template <class P>
inline constexpr bool hears_clients = !std::is_same_v<RequestOf<P>, Nothing>;

template <Protocol P>
struct Spoken {
  std::vector<RoleWords<typename P::State>> roles;
  std::vector<ConditionWords<typename P::State>> conditions;
  std::vector<RequestWords<typename P::State, RequestOf<P>>> requests;
  std::string asked;  // the role that clients turn to; empty: any node
};

template <Protocol P, class Vocabulary>
Spoken<P> spoken() {
  Spoken<P> words{
      Vocabulary::roles(), Vocabulary::conditions(), {}, std::string(Vocabulary::asked)};
  if constexpr (hears_clients<P>) words.requests = Vocabulary::requests();
  return words;
}

}  // namespace coracle::sim
