// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/cellediting.h"

#include <QDialog>

#include <map>
#include <set>

class QLabel;

namespace turnstone {

/// A form for a new row, with the choosers that cells have. What is left alone gets the application's default, else the database's, else NULL; the form shows
/// which. Stages the row by itself and stays open while a rule is not met.
class RowDialog final : public QDialog
{
    Q_OBJECT

public:
    RowDialog(const DatabaseContext &context, const CatalogTable &table, const std::map<QString, Value> &begin, QWidget *parent = nullptr);

    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QWidget *makeField(const CatalogColumn &column, const QString &otherwise, QWidget *parent);
    void stage();

    const DatabaseContext m_context;
    const CatalogTable &m_table;
    std::map<QString, QWidget *> m_fields;
    std::map<QString, Value> m_given; // and not written anew
    QLabel *m_state;
};

} // namespace turnstone
