// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/celllook.h"
#include "models/items/facetreader.h"
#include "models/items/rowselection.h"

#include <QFrame>

#include <stop_token>

class QLabel;
class QPushButton;
class QTreeWidget;

namespace turnstone {

/// The values of a column with their counts, to choose from. Counting ends when the popup closes. `pool` must outlive
/// it. GUI thread only.
class FacetPopup final : public QFrame
{
    Q_OBJECT

public:
    FacetPopup(SessionPool &pool, const CatalogTable &table, const QString &column, const std::vector<RowFilter> &filters, const CellReader &reader,
               QWidget *parent = nullptr);
    ~FacetPopup() override;

protected:
    bool event(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

signals:
    void filterChosen(const turnstone::RowFilter &filter);

private:
    void showFacets(const Facets &facets, const CellReader &reader);
    void choose();

    const QString m_column;
    QLabel *m_about;
    QTreeWidget *m_values;
    QPushButton *m_only;
    std::vector<Value> m_stored; // by row
    std::stop_source m_stop;
};

} // namespace turnstone
