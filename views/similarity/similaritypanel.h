// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/vectors/embeddingclient.h"
#include "models/vectors/nearduplicates.h"
#include "views/panels/panel.h"
#include "views/panels/panelkind.h"
#include "views/panels/panelservices.h"

#include <QTimer>

#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>

class QLabel;
class QListView;
class QProgressBar;

namespace turnstone {

class FillStrip;
class HitListModel;
class IndexStrip;
class MessageBar;
class QuestionBar;

/// Records that mean the same as what is asked: a record, several, a text, a vector; and groups of near-duplicates. Searching happens on the
/// database's reading sessions and can be stopped; copies of vectors lie below the program's cache folder. GUI thread only.
class SimilarityPanel final : public Panel
{
    Q_OBJECT

public:
    SimilarityPanel(const PanelServices &services, DatabaseContext context, const QVariantMap &arguments, QWidget *parent = nullptr);
    ~SimilarityPanel() override;

    QString title() const override;
    QString path() const override { return m_path; }
    std::optional<Record> currentRecord() const override { return m_record; }
    bool showsRecords() const override { return true; }
    QVariantMap saveState() const override;
    void restoreState(const QVariantMap &state) override;
    void copy(const QString &format) override;
    void find() override;

    /// While a column is read, what is nearest so far is shown this often. For tests.
    void setPreliminaryEvery(std::chrono::milliseconds interval) { m_preliminaryEvery = interval; }

public slots:
    void reload() override;

private:
    /// How far the search is; written by its threads, read by a timer.
    struct Progress
    {
        std::atomic<double> fraction = -1;
        std::atomic<std::size_t> rows = 0;
        std::mutex mutex; // guards everything below
        std::optional<std::vector<VectorStore::Nearest>> preliminary;
        similarity::Metric metric = similarity::Metric::Cosine;
    };
    enum class Asking { Nothing, Records, Text, Vector, Duplicates };

    void readColumns();
    void acceptColumns(Result<std::vector<VectorColumn>> columns);
    const VectorColumn *column() const;
    void askText();
    void askFile();
    void askRecords(const QString &table, const std::vector<RowKey> &rows);
    void askAgain();
    void askDuplicates();
    void run(SimilarityQuestion question, const QString &text, bool isByWords = false);
    void embed(SimilarityQuestion question, const QString &text);
    void describeSubject();
    void accept(Result<SimilarityAnswer> answer, const QString &words);
    void acceptDuplicates(Result<NearDuplicates> found);
    void begin(const QString &what);
    void end();
    void showProgress();
    void describePreliminary();
    void showHits(const SimilarityAnswer &answer, const QString &words, bool isContinued);
    void showEmpty(const QString &sentence);
    void selectCurrent();
    void chooseFirst();
    void openCurrent();
    void showMenu(const QPoint &at);
    void setUpEndpoint();

    const PanelServices &m_services;
    const std::shared_ptr<VectorStore> m_store;
    QuestionBar *m_question;
    IndexStrip *m_index;
    FillStrip *m_fill;
    MessageBar *m_message;
    HitListModel *m_model;
    QListView *m_list;
    QLabel *m_empty;
    QLabel *m_preliminary;
    QLabel *m_how;
    QProgressBar *m_progress;
    QTimer m_timer;
    std::shared_ptr<Progress> m_state;
    std::chrono::milliseconds m_preliminaryEvery{150};
    bool m_describesPreliminary = false;
    std::stop_source m_stop;
    std::stop_source m_recordStop;
    std::stop_source m_closing; // what is not ended by the next search
    std::vector<VectorColumn> m_columns;
    bool m_hasColumns = false;
    Asking m_asking = Asking::Nothing;
    QString m_table; // of the records asked by
    std::vector<RowKey> m_rows;
    std::vector<double> m_vector;
    EmbeddingEndpoint m_endpoint; // empty: texts are searched by words
    QString m_subjectText;
    QString m_words; // to be marked in the hits of the search that runs
    QString m_path;
    std::optional<Record> m_record;
    bool m_awaitsSubject = false;
    int m_task = -1;
    quint64 m_generation = 0;
};

PanelKind similarityPanelKind();

} // namespace turnstone
