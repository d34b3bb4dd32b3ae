// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/core/result.h"
#include "models/profiles/relatedrecords.h"

#include <QTreeWidget>

#include <optional>
#include <stop_token>

namespace turnstone {

/// What a record points to and what points to it; a click or Enter goes there. GUI thread only.
class RelatedList final : public QTreeWidget
{
    Q_OBJECT

public:
    explicit RelatedList(QWidget *parent = nullptr);
    ~RelatedList() override;

    /// Reads in the background; the list of before stays until then if it is of the same table.
    void showRelated(const DatabaseContext &context, const QString &table, const RowKey &key);
    void stop();

    QSize sizeHint() const override;

signals:
    void placeRequested(int databaseId, const turnstone::TablePlace &place);
    void failed(const turnstone::Error &error);
    /// How many lines there are.
    void listed(int count);

private:
    void list(const DatabaseContext &context, const RelatedRecords &related);
    void request(const QTreeWidgetItem *item);

    std::vector<std::optional<TablePlace>> m_places; // by line; nothing where nobody is
    int m_databaseId = 0;
    std::stop_source m_stop;
};

} // namespace turnstone
