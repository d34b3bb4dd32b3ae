// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/error.h"

#include <tl/expected.hpp>

#include <utility>

namespace turnstone {

/// Either a value or an Error. Fallible functions return it, marked [[nodiscard]].
template<typename T = void>
using Result = tl::expected<T, Error>;

/// `return failure(ErrorCode::Io, message, detail);`
[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, QString message, QString detail = {})
{
    return tl::unexpected(Error{code, std::move(message), std::move(detail), -1});
}

/// Hands the error of one result on as the error of another type.
template<typename T>
[[nodiscard]] tl::unexpected<Error> failure(const Result<T> &failed)
{
    return tl::unexpected(failed.error());
}

} // namespace turnstone
