// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/panels/panel.h"
#include "views/panels/panelkind.h"
#include "views/series/seriescharts.h"

#include <atomic>
#include <stop_token>

class QComboBox;
class QLabel;
class QMenu;
class QScrollArea;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace turnstone {

class ChartWidget;
class MessageBar;

/// Charts of the figures that a profile describes, of the whole database or of one record. GUI thread only.
class SeriesPanel final : public Panel
{
    Q_OBJECT

public:
    SeriesPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~SeriesPanel() override;

    QString title() const override;
    QString path() const override;
    std::optional<TablePlace> subject() const override;
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    const std::vector<ChartWidget *> &charts() const { return m_charts; }

public slots:
    void reload() override;
    void refresh() override;

private:
    void buildTop(QVBoxLayout *layout);
    const SeriesLens *lens() const;
    void fillChoices();
    void read();
    void draw();
    void showCharts(std::vector<ChartSpec> specs);
    void showState(const QString &sentence);
    void openPoint(std::size_t chart, std::size_t line, std::size_t point, std::size_t row);
    void choose(const std::function<void(SeriesChoice &)> &edit);
    void stop();

    const PanelServices m_services;
    std::vector<SeriesLens> m_all; ///< of this record, or of the database
    QString m_recordTable;
    RowKey m_record;
    QString m_id; ///< of the lens
    std::shared_ptr<const SeriesData> m_data;
    SeriesChoice m_choice;
    bool m_isChosen = false; ///< by somebody, not by sensibleChoice()
    std::stop_source m_stop;
    quint64 m_generation = 0;
    int m_task = 0;

    MessageBar *m_message;
    QComboBox *m_lenses;
    QComboBox *m_axis;
    QComboBox *m_grain;
    QToolButton *m_figures;
    QToolButton *m_prices;
    QLabel *m_sentence;
    QLabel *m_summary;
    QStackedWidget *m_stack;
    QScrollArea *m_scroll;
    QWidget *m_page;
    std::vector<ChartWidget *> m_charts;
};

PanelKind seriesPanelKind();

} // namespace turnstone
