// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/edit/deleteplan.h"
#include "views/panels/cellediting.h"

#include <QDialog>

#include <stop_token>

class QCheckBox;
class QLabel;
class QPushButton;

namespace turnstone {

/// Asks before rows are staged to be deleted: what goes with them, counted; who holds them; or deactivating instead, where the
/// application knows that.
class DeleteDialog final : public QDialog
{
    Q_OBJECT

public:
    DeleteDialog(const DatabaseContext &context, const CatalogTable &table, std::vector<RowImage> rows, QWidget *parent = nullptr);
    ~DeleteDialog() override;

    /// So many rows at most are planned at once.
    static constexpr std::size_t mostRows = 500;

private:
    void plan();
    void show(const std::vector<DeletePlan> &plans);
    void deactivate();

    const DatabaseContext m_context;
    const CatalogTable &m_table;
    const std::vector<RowImage> m_rows;
    std::vector<DeletePlan> m_plans;
    QLabel *m_text;
    QCheckBox *m_takesAsked;
    QPushButton *m_deactivate;
    QPushButton *m_delete;
    std::stop_source m_stop;
};

} // namespace turnstone
