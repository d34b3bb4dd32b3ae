// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/totals.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QLabel;
class QTreeWidget;

namespace turnstone {

class MessageBar;

/// What the calls below a record, a group or a whole database cost: tokens, time and dollars by model. An unknown price says so. GUI thread only.
class TotalsPanel final : public Panel
{
    Q_OBJECT

public:
    TotalsPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~TotalsPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

private:
    struct Reading
    {
        Totals totals;
        QString label;
        QString path;
    };
    void accept(const Reading &reading);
    void editPrices(const QString &model);

    QThreadPool &m_workers;
    const QString m_pricesPath;
    const QString m_table;
    const RowKey m_key;
    const QString m_place; ///< of a group, as in the path bar; empty together with the key: the whole database
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_sum;
    QLabel *m_note;
    QTreeWidget *m_lines;
    QString m_label;
    QString m_path;
    std::stop_source m_stop;
};

PanelKind totalsPanelKind();

} // namespace turnstone
