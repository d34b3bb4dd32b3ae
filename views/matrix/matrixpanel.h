// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lenses/matrix.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"

#include <stop_token>

class QComboBox;
class QLabel;
class QTableView;
class QToolButton;

namespace turnstone {

class MatrixModel;
class MessageBar;
class ReadingView;
class RecordTeller;

/// The same question across models, payloads or speakers: answers as a table, the differences from a chosen column tinted, the answer
/// at hand in full below. GUI thread only; differences are found in a worker.
class MatrixPanel final : public Panel
{
    Q_OBJECT

public:
    MatrixPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~MatrixPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    std::optional<Record> currentRecord() const override;
    bool showsRecords() const override { return true; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;

public slots:
    void reload() override;
    void refresh() override { reload(); }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void accept(Matrix matrix);
    void fitColumns();
    void compare();
    void showCell();

    QThreadPool &m_workers;
    const QString m_table;
    const RowKey m_key;
    MatrixModel *m_model;
    QTableView *m_view;
    ReadingView *m_reading;
    MessageBar *m_message;
    QLabel *m_title;
    QLabel *m_summary;
    QComboBox *m_baseline;
    QToolButton *m_onlyDifferent;
    std::shared_ptr<const Matrix> m_matrix;
    RecordTeller *m_record;
    QString m_path;
    QString m_wantedBaseline;
    bool m_isWidthChosen = false; ///< by hand
    bool m_isFitting = false;
    std::stop_source m_stop;
    std::stop_source m_stopDiff;
};

PanelKind matrixPanelKind();

} // namespace turnstone
