// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/profiles/pricelist.h"

#include <QDialog>

class QLabel;
class QTableWidget;
class QThreadPool;

namespace turnstone {

/// The user's price list: models, days, dollars for a million tokens in and out; below it the built-in one, to be read only. Saved on Save
/// only; a mistake is named at the list. Opened with open(); deletes itself.
class PriceDialog final : public QDialog
{
    Q_OBJECT

public:
    PriceDialog(QThreadPool &workers, const QString &path, QWidget *parent = nullptr);

    /// Adds a line for a model without a price, ready to be filled in.
    void addModel(const QString &model);

signals:
    void saved();

private:
    void load();
    void addRow(const ModelPrice &price, bool isNew);
    void addBuiltIn(const ModelPrice &price, const QString &source);
    Result<PriceList> list() const;
    void save();

    QThreadPool &m_workers;
    const QString m_path;
    QTableWidget *m_table;
    int m_own = 0; ///< rows of the user, which come first
    QLabel *m_problem;
};

} // namespace turnstone
