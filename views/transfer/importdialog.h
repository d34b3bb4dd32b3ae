// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/browsing/databasecontext.h"
#include "models/importing/importjob.h"
#include "views/panels/panelservices.h"

#include <QDialog>
#include <QTimer>

#include <atomic>
#include <memory>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace turnstone {

class MessageBar;
class TransferProgress;

/// Reads a CSV or JSON file into a table, old or new: shows its first rows, which column goes where and (for a new table)
/// what type it gets, tries it without keeping anything, imports. A mistake in the file is shown with line and column.
/// Nothing blocks; closing the dialog stops what runs, and nothing of it stays then.
class ImportDialog final : public QDialog
{
    Q_OBJECT

public:
    /// `table` is chosen at first; may be empty.
    ImportDialog(const PanelServices &services, DatabaseContext context, const QString &table, QWidget *parent = nullptr);
    ~ImportDialog() override;

    void setFile(const QString &path);
    void done(int result) override;

signals:
    /// Rows were written.
    void imported();

private:
    void build();
    void chooseFile();
    void look();
    void showPreview(const Result<ImportPreview> &preview);
    void fillMapping();
    void targetChanged();
    ReadOptions reading() const;
    bool isNewTable() const;
    const CatalogTable *target() const;
    ImportRequest request(bool isDryRun) const;
    void start(bool isDryRun);
    void finished(const Result<ImportReport> &report, bool isDryRun);
    /// Of a cell of the mapping; null if it has none.
    QComboBox *choiceAt(int row, int column) const;
    void putChoice(int row, int column, QComboBox *box);

    const PanelServices m_services;
    const DatabaseContext m_context;
    QLineEdit *m_file = nullptr;
    QComboBox *m_format = nullptr;
    QComboBox *m_separator = nullptr;
    QCheckBox *m_header = nullptr;
    QLineEdit *m_null = nullptr;
    QComboBox *m_table = nullptr;
    QLineEdit *m_newName = nullptr;
    QComboBox *m_conflict = nullptr;
    QComboBox *m_transaction = nullptr;
    QSpinBox *m_skip = nullptr;
    QTableWidget *m_columns = nullptr;
    QTableWidget *m_rows = nullptr;
    QLabel *m_rowsTitle = nullptr;
    MessageBar *m_message = nullptr;
    TransferProgress *m_progress = nullptr;
    QPushButton *m_try = nullptr;
    QPushButton *m_import = nullptr;
    QTimer m_delay;
    std::optional<ImportPreview> m_preview;
    std::stop_source m_lookStop;
    int m_looked = 0;
    std::shared_ptr<std::atomic<qint64>> m_saved; ///< rows that the last import has committed
};

} // namespace turnstone
