// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/chat.h"
#include "models/lenses/lenssource.h"

namespace turnstone {

/// One call of a model, as a lens of kind `call` reads it.
struct CallRecord
{
    Chat chat;
    QByteArray messages; ///< as stored
    QByteArray response;
    QString model;
    std::optional<std::int64_t> sent, received;
    std::optional<double> latencyMs, firstTokenMs, tokensPerSecond;
    std::optional<double> tokensIn, tokensOut, tokens;
    /// The calls made for the same entry, this one among them.
    std::vector<RowKey> siblings;
    int place = 0;
};

/// The profile's lens for calls of that table: null if there is none.
const Lens *callLensFor(const ResolvedProfile &profile, const QString &table);
/// Blocks. Errors: NotFound, those of the database.
[[nodiscard]] Result<CallRecord> readCall(const LensScope &scope, const Lens &lens, const RowKey &key);

} // namespace turnstone
