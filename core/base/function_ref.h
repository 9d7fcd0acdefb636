// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Refers to a callable that its caller owns, for a function that calls it and returns. Unlike std::function it copies
// and allocates nothing, so it must not be kept.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace rankscope {

template <typename Signature>
class FunctionRef;

template <typename Result, typename... Arguments>
class FunctionRef<Result(Arguments...)> {
public:
    // REQUIRES that `callable` outlives this.
    // NOLINTBEGIN(bugprone-forwarding-reference-overload): the requirement excludes its own type
    template <typename Callable>
    requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef> &&
             std::is_invocable_r_v<Result, Callable&, Arguments...>) FunctionRef(Callable&& callable)
        : m_object(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
          m_call([](void* object, Arguments... arguments) -> Result {
              return (*static_cast<std::remove_reference_t<Callable>*>(object))(std::forward<Arguments>(arguments)...);
          }) {}
    // NOLINTEND(bugprone-forwarding-reference-overload)

    Result operator()(Arguments... arguments) const { return m_call(m_object, std::forward<Arguments>(arguments)...); }

private:
    void* m_object;
    Result (*m_call)(void*, Arguments...);
};

}  // namespace rankscope
