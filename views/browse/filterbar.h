// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/catalog/catalog.h"
#include "models/items/rowselection.h"

#include <QList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;

namespace turnstone {

class FlowLayout;

/// The filters of a table: one removable chip each, and a field in which another is written
/// (filterFromText()). GUI thread only.
class FilterBar final : public QWidget
{
    Q_OBJECT

public:
    explicit FilterBar(const CatalogTable &table, QWidget *parent = nullptr);

    const std::vector<RowFilter> &filters() const { return m_filters; }
    /// Shows them; says nothing.
    void setFilters(const std::vector<RowFilter> &filters);
    /// Puts the cursor into the field, with `text` in it if that is not empty.
    void write(const QString &text = {});

signals:
    /// By the user.
    void filtersChanged();

private:
    void accept();
    void remove(int filter);
    void showChips();

    const CatalogTable m_table;
    std::vector<RowFilter> m_filters;
    FlowLayout *m_row;
    QList<QToolButton *> m_chips;
    QLineEdit *m_field;
    QLabel *m_mistake;
};

} // namespace turnstone
