// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/jsonwriter.h"
#include "models/database/databaseurl.h"
#include "models/database/rowreader.h"

namespace turnstone {

/// Writes one value as JSON: integers, reals and numerics as exact number tokens, booleans of
/// PostgreSQL as true and false, columns declared as JSON with their own tokens (compact on one
/// line), everything else as a string. Blobs become base64; so does a text that is no UTF-8, and then
/// the answer is false, for the caller to say so.
bool writeJsonValue(JsonWriter &json, const ValueRef &value, const ResultColumn &column, Engine engine);

} // namespace turnstone
