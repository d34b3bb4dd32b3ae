// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/core/result.h"
#include "models/database/value.h"

#include <QString>
#include <QTimeZone>

#include <optional>

namespace turnstone {

/// A time as it stands in a database, taken apart: it is edited in any zone, and another time is written in the same way, with
/// its separator, digits of a second, offset, or as seconds since 1970. All digits are kept, however many. Not for dates alone,
/// years before 1 and `infinity`: those are edited as text.
class StoredTime
{
public:
    /// How numbers are meant.
    enum class Unit { None, Seconds, Milliseconds };

    /// A text without an offset is taken for UTC. Nothing if it is no such time.
    static std::optional<StoredTime> read(const Value &stored, Unit unit);
    /// What the profile's meaning of a column, or its type in PostgreSQL, says of its values; nothing if they are no times.
    static std::optional<Unit> unitOf(const QString &meaning, const QString &type);

    Unit unit() const { return m_unit; }
    /// "2025-10-21 11:14:00.123456".
    QString textIn(const QTimeZone &zone) const;
    /// The value for a time written as textIn() does, or with an offset of its own; the stored value itself if nothing changed.
    /// Errors: InvalidInput with a sentence: no time, an hour that the zone skips, more digits than the value can hold.
    [[nodiscard]] Result<Value> withText(const QString &text, const QTimeZone &zone) const;

private:
    Result<Value> written(qint64 seconds, QString fraction) const;

    Value m_stored;
    Unit m_unit = Unit::None;
    qint64 m_seconds = 0; ///< since 1970 UTC
    QString m_fraction;   ///< digits behind the point
    // Of texts:
    QString m_separator;
    QString m_offset;
    int m_offsetSeconds = 0;
    bool m_hasSeconds = true;
};

} // namespace turnstone
