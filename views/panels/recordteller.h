// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/record.h"
#include "models/database/value.h"

#include <QObject>

#include <optional>
#include <stop_token>

namespace turnstone {

class Panel;

/// Reads the record that is current in a panel and tells the window of it; of several that are asked for one after the other, only the
/// last one arrives. Owned by its panel. GUI thread only.
class RecordTeller final : public QObject
{
    Q_OBJECT

public:
    explicit RecordTeller(Panel &panel);
    ~RecordTeller() override;

    /// `key` is the application's. Nothing happens if there is no such row.
    void tell(const QString &table, const RowKey &key);
    /// The last that was told.
    const std::optional<Record> &record() const { return m_record; }

private:
    Panel &m_panel;
    std::optional<Record> m_record;
    std::stop_source m_stop;
};

} // namespace turnstone
