// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"

#include <QVariantMap>

#include <optional>
#include <vector>

namespace turnstone {

/// Where one was: rows of a table and the record among them, or another panel.
struct VisitedPlace
{
    int databaseId = 0;
    TablePlace rows;
    RowKey key;
    /// Of the panel's kind; empty for rows.
    QString kind;
    QVariantMap arguments;

    bool isSameView(const VisitedPlace &other) const
    {
        return databaseId == other.databaseId && rows == other.rows && kind == other.kind && arguments == other.arguments;
    }
};

/// Back and forward as in a browser. A value type.
class NavigationHistory
{
public:
    static constexpr std::size_t maxPlaces = 200;

    /// A new place; what was ahead is forgotten. The same view again only changes its record.
    void visit(const VisitedPlace &place);
    bool canGoBack() const { return m_at > 0; }
    bool canGoForward() const { return m_at + 1 < m_places.size(); }
    std::optional<VisitedPlace> back();
    std::optional<VisitedPlace> forward();
    void forgetDatabase(int id);

private:
    std::vector<VisitedPlace> m_places;
    std::size_t m_at = 0;
};

} // namespace turnstone
